import { testCommandsOf } from "../support/lesson-runs.ts";

testCommandsOf("06-dht-chat");
