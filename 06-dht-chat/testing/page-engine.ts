// The engine of a page alone, for a test of the bundle.

import { startEnginePage } from "../engine.ts";

Object.assign(globalThis, { startEnginePage });
