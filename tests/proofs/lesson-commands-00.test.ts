import { testCommandsOf } from "../support/lesson-runs.ts";

testCommandsOf("00-setting-up");
