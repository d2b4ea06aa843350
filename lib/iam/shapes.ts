/** What every value of a key on text looks like. */
import { account, keyInfo } from "./keys.ts";
import { anyOne, anyRun, type Code, codesOf, nameOne, type Pattern, pattern } from "./pattern.ts";
import { rememberedFor } from "./remember.ts";
import type { Caller } from "./variables.ts";

const anything = [pattern([anyRun])];

/** The patterns of which one matches every value that the key has, whoever of the caller's account calls.
 * @param kind of those who call */
export function shapesOf(key: string, caller: Caller, kind: Caller["kind"] = "either"): readonly Pattern[] {
  if (key === "aws:principalarn") return principalArns(caller)[kind];
  const values = keyInfo(key)?.values;
  return values?.kind === "text" ? values.shape : anything;
}

/** A role's session has the role's ARN (IAM user guide, aws:PrincipalArn). */
const principalArns = rememberedFor(({ accountId, partition }: Caller) => {
  const owner = accountId === null ? account.symbols : codesOf(accountId);
  const partitions = partition === null ? ["aws", "aws-cn", "aws-us-gov"] : [partition];
  const of = (kind: "user" | "role"): readonly Pattern[] =>
    partitions.flatMap((one) => {
      const beginning = [...codesOf(`arn:${one}:iam::`), ...owner, ...codesOf(`:${kind}/`)];
      // A name that a variable stands for is no single character.
      return [anyOne, nameOne].map((first) => pattern([...beginning, first, anyRun]));
    });
  const [user, role] = [of("user"), of("role")];
  return { user, role, either: [...user, ...role] };
});

/** A user's ARN ends with the user's name (IAM user guide, IAM identifiers): the two as they can be together, of which the
 * one or the other may be kept; null where neither may. */
export function agreeing(
  arn: readonly Code[],
  name: readonly Code[],
  isPossible: { readonly arn: (value: readonly Code[]) => boolean; readonly name: (value: readonly Code[]) => boolean },
): { readonly arn: readonly Code[]; readonly name: readonly Code[] } | null {
  const path = arn.slice(0, arn.lastIndexOf(slash) + 1);
  const ofArn = arn.slice(path.length);
  if (isPossible.name(ofArn)) return { arn, name: ofArn };
  const named = [...path, ...name];
  return !name.includes(slash) && isPossible.arn(named) ? { arn: named, name } : null;
}

const slash = 47;
