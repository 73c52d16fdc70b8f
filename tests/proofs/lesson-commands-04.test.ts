import { testCommandsOf } from "../support/lesson-runs.ts";

testCommandsOf("04-aes-chat");
