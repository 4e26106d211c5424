// audience.js as a module: import { audience } from "./audience.mjs"
import "./audience.js";

// A server that renders pages is no viewer.
const nobody = { on: () => nobody, close() {} };
export const audience = (globalThis.audience ??= () => nobody);
export default audience;
