import { testCommandsOf } from "../support/lesson-runs.ts";

testCommandsOf("02-basic-p2p");
