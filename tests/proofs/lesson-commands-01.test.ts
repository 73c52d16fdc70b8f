import { testCommandsOf } from "../support/lesson-runs.ts";

testCommandsOf("01-calculator");
