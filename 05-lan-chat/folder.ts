// The data folder: who may look into it, and the identity in it (P8.2).

import type { Identity } from "./identity.ts";

/** Makes the folder with mode 0700, if it is not there. Call it before openHistory. @throws UserError */
export declare function prepareFolder(dir: string): void;

/** The identity of DIR/identity.pem, made at the first start. Call it after openHistory, which keeps other programs out. @throws UserError */
export declare function loadIdentity(dir: string): Promise<Identity>;
