/** Holds calls back to the rate that AWS allows an account, so that a long run waits in line and is not throttled. */
import { setTimeout } from "node:timers/promises";
import type { MiddlewareStack } from "@smithy/types";

/** Ends after so many milliseconds, or at once when the signal aborts. */
export type Pause = (milliseconds: number, signal: AbortSignal) => Promise<void>;

const pauseFor: Pause = (milliseconds, signal) =>
  setTimeout(milliseconds, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });

/** Gives each command its turn, first come first served. Only calls that are made wait: an answer that is kept or
 * replayed comes from the initialize step, before this one. Retries are the SDK's, which slows down by itself.
 * @param perSecond how many calls may start a second
 * @param signal ends the waiting; what waited then fails and is never sent */
export function paced(perSecond: number, signal: AbortSignal, pause: Pause = pauseFor) {
  let next: Promise<void> = Promise.resolve();
  const turn = (): Promise<void> => {
    const mine = next;
    next = mine.then(() => pause(1_000 / perSecond, signal));
    return mine;
  };
  return <Input extends object, Output extends object, C extends { middlewareStack: MiddlewareStack<Input, Output> }>(
    command: C & { middlewareStack: MiddlewareStack<Input, Output> },
  ): C => {
    command.middlewareStack.add(
      (send) => async (args) => {
        await turn();
        signal.throwIfAborted();
        return send(args);
      },
      { step: "build", name: "paced" },
    );
    return command;
  };
}
