import { notify } from "../lib/alert/notify.ts";

export const handler = notify();
