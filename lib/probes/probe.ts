/** One call asked once in a form that costs and changes nothing, to learn whether the rules could make it. */
import { type FailureKind, failureKind, unreadFrom } from "../account/fact.ts";
import type { Permission, Unread } from "../rule.ts";

export type Action = Permission["action"];

/** What came of it. `answered` and the unread's message name what was asked about; `notAsked`: there is nothing that it
 * could be asked about, so that a scan does not make it either; `withheld`: why it is never asked here. */
export type Probe = { readonly action: Action } & (
  | { readonly answered: string }
  | { readonly failure: FailureKind; readonly unread: Unread }
  | { readonly notAsked: string }
  | { readonly withheld: string }
);

/** A probe and, where AWS gave one, its answer, in which the next probe finds what to ask about. */
export interface Asked<T> {
  readonly probe: Probe;
  readonly value: T | undefined;
}

/** @param subject what is asked about, for example `table Orders`
 * @param tellsAllowed names of errors that AWS answers only to whoever may make the call */
export async function ask<T>(
  action: Action,
  subject: string,
  attempt: () => Promise<T>,
  tellsAllowed: readonly string[] = [],
): Promise<Asked<T>> {
  try {
    return { value: await attempt(), probe: { action, answered: subject } };
  } catch (error) {
    const isAllowed = error instanceof Error && tellsAllowed.includes(error.name);
    const probe = isAllowed
      ? { action, answered: subject }
      : { action, failure: failureKind(error), unread: unreadOf(error, action, subject) };
    return { value: undefined, probe };
  }
}

/** A reader's run ends before a call; a probe's time is up while AWS is silent. */
function unreadOf(error: unknown, action: Action, subject: string): Unread {
  const isSilence = error instanceof Error && error.name === "DeadlineExceeded";
  if (!isSilence) return unreadFrom(error, action, subject);
  return { call: action, message: `on ${subject} gave no answer in time`, lasting: false };
}

/** Asks about something that another answer named; a thing that is made up would be refused by a policy that is limited
 * to the things that are there. */
export async function askAbout<T>(
  action: Action,
  found: { readonly thing: string | undefined; readonly noun: string; readonly by: Probe },
  subject: (thing: string) => string,
  attempt: (thing: string) => Promise<T>,
  tellsAllowed: readonly string[] = [],
): Promise<Asked<T>> {
  const { thing, noun, by } = found;
  if (thing !== undefined) return ask(action, subject(thing), () => attempt(thing), tellsAllowed);
  return { probe: { action, notAsked: whyUnknown(noun, by) }, value: undefined };
}

function whyUnknown(noun: string, by: Probe): string {
  if ("answered" in by) return `there is no ${noun} to ask about`;
  return "notAsked" in by ? by.notAsked : `no ${noun} is known without ${by.action}`;
}

export function withheld(action: Action, because: string): Probe {
  return { action, withheld: because };
}
