/**
 * Ids of access keys. AWS's answers lose them before a reader, a recording or a log sees them: what is left is the user's
 * name and the last four characters. The session alone knows whole ones, for the one call that must name a key.
 */
import type { AccessKeyMetadata, ListAccessKeysCommandOutput } from "@aws-sdk/client-iam";
import { lastFour } from "../annotation.ts";
import { answeredError, rebuilt } from "./answers.ts";

const listCall = "iam:ListAccessKeys";
const lastUsedCall = "iam:GetAccessKeyLastUsed";

export interface KeyIds {
  /** The input as AWS is to be asked: with the whole id. */
  restored<I extends object>(call: string, input: I): I;
  /** The result of a call as it may go on; also an error's, since IAM's messages name the key. */
  struck<R extends { readonly output: object }>(call: string, result: Promise<R>): Promise<R>;
}

/** The ids of one session, which start empty. */
export function keepKeyIds(): KeyIds {
  const wholeIds = new Map<string, string>();

  /** Of two keys of a user that end alike each has its own. */
  const struckId = (userName: string | undefined, id: string): string => {
    for (let number = 1; ; number++) {
      const struck = [userName ?? "", ...(number === 1 ? [] : [number]), lastFour(id)].join("/");
      const known = wholeIds.get(struck) ?? id;
      if (known !== id) continue;
      wholeIds.set(struck, id);
      return struck;
    }
  };
  const withoutId = (key: AccessKeyMetadata): AccessKeyMetadata =>
    key.AccessKeyId === undefined ? key : { ...key, AccessKeyId: struckId(key.UserName, key.AccessKeyId) };

  return {
    restored(call, input) {
      if (call !== lastUsedCall || !("AccessKeyId" in input)) return input;
      return { ...input, AccessKeyId: wholeIds.get(String(input.AccessKeyId)) ?? input.AccessKeyId };
    },
    async struck(call, result) {
      try {
        const answered = await result;
        if (call !== listCall) return answered;
        const output = answered.output as ListAccessKeysCommandOutput;
        if (output.AccessKeyMetadata === undefined) return answered;
        return { ...answered, output: { ...output, AccessKeyMetadata: output.AccessKeyMetadata.map(withoutId) } };
      } catch (error) {
        throw withoutIds(call, error, wholeIds);
      }
    },
  };
}

/** In whatever AWS's message names one: `AKIA` begins a key's id, `ASIA` a temporary one's. */
const anyId = /\bA[KS]IA[A-Z0-9]{12,}\b/g;

function withoutIds(call: string, error: unknown, wholeIds: ReadonlyMap<string, string>): unknown {
  const answered = answeredError(error);
  const message = [...wholeIds.values()]
    .reduce((struck, id) => struck.replaceAll(id, lastFour(id)), answered.message)
    .replace(anyId, lastFour);
  // Also where the message names none: the SDK keeps the answer on the error.
  const maySpeakOfKeys = call === listCall || call === lastUsedCall;
  return maySpeakOfKeys || message !== answered.message ? rebuilt({ ...answered, message }) : error;
}
