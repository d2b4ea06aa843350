import { digest } from "../lib/digest/digest.ts";

export const handler = digest();
