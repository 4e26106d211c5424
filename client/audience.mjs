// audience.js as a module: import { audience } from "./audience.mjs"
import "./audience.js";

export const { audience } = self;
export default audience;
