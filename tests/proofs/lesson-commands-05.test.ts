import { testCommandsOf } from "../support/lesson-runs.ts";

testCommandsOf("05-lan-chat");
