/** Calls that AWS answers with "not done yet", and that are asked again until it is done. */

/** What `ask` gives once that is not null; null where it never was, however often asked. It is the command that waits
 * between two calls (`paced`), so that a replay does not. */
export async function untilDone<T>(mostOften: number, ask: () => Promise<T | null>): Promise<T | null> {
  for (let times = 0; times < mostOften; times++) {
    const answer = await ask();
    if (answer !== null) return answer;
  }
  return null;
}

/** By call: the field that tells, and what it holds until the work is done. */
const unfinished: Readonly<Record<string, readonly [field: string, values: readonly unknown[]]>> = {
  "iam:GenerateCredentialReport": ["State", ["STARTED", "INPROGRESS"]],
  "iam:GetServiceLastAccessedDetails": ["JobStatus", ["IN_PROGRESS"]],
};

/** Whether the same call, made again, may get another answer. */
export function isNotDoneYet(call: string, output: object): boolean {
  const [field, values] = unfinished[call] ?? ["", []];
  return values.includes(Reflect.get(output, field));
}
