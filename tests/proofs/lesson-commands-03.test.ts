import { testCommandsOf } from "../support/lesson-runs.ts";

testCommandsOf("03-dh-chat");
