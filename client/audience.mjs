// audience.js as a module: import { audience } from "./audience.mjs"
import "./audience.js";

export const { audience } = globalThis;
export default audience;
