import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { showProgress } from "../../cli/progress.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("one line rewrites itself, never wider than the terminal, and leaves no trace", () => {
  const written: string[] = [];
  const stream = { columns: 20, write: (text: string) => written.push(text) > 0 };
  let judged = 0;

  const stop = showProgress(stream, () => `dynamodb-rule  ${judged} tables  3 s`);
  vi.advanceTimersByTime(100);
  judged = 1_240;
  vi.advanceTimersByTime(100);
  stop();
  vi.advanceTimersByTime(1_000);

  expect(written).toEqual(["\r\u001b[Kdynamodb-rule  0 ta", "\r\u001b[Kdynamodb-rule  1240", "\r\u001b[K"]);
});
