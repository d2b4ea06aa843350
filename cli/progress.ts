/** One line on standard error that rewrites itself while a scan runs, and leaves no trace. */
import type { WriteStream } from "node:tty";

const rewriteEvery = 100; // milliseconds
const eraseLine = "\r\u001b[K";

/** Starts it; the function returned ends it.
 * @param line what to show now */
export function showProgress(stream: Pick<WriteStream, "write" | "columns">, line: () => string): () => void {
  const timer = setInterval(() => {
    // One column less than there are: a full line would wrap.
    stream.write(`${eraseLine}${line().slice(0, stream.columns - 1)}`);
  }, rewriteEvery);
  return () => {
    clearInterval(timer);
    stream.write(eraseLine);
  };
}
