/**
 * The condition keys that a request to DynamoDB can carry: what values each can have, and whom it binds. Which keys bind
 * is the definition of a free request (docs, "dynamodb-policy-conditions"); sources are named in presence.ts.
 */

import { anyRun, codesOf, digitOne, hexOne, hexRun, type Pattern, pattern } from "./pattern.ts";
import { vectorOf } from "./presence.ts";

/** Whether demanding a value of the key restrains a caller, and by what. */
export type Binding = "network" | "identity" | "data" | null;

export interface KeyInfo {
  readonly values:
    | { readonly kind: "text"; readonly shape: readonly Pattern[] }
    | { readonly kind: "choice"; readonly choices: readonly string[] }
    | { readonly kind: "number" | "date" | "address" };
  /** A set of values; on batch and PartiQL actions it may hold several. */
  readonly isSet: boolean;
  readonly binding: Binding;
  /** The same for everyone in the account, or the caller's own choice: it takes what helps the request. */
  readonly fills: "identity" | "constant" | "caller";
}

const anything = [pattern([anyRun])];
const text = (binding: Binding, fills: KeyInfo["fills"], shape: readonly Pattern[] = anything): KeyInfo => ({
  values: { kind: "text", shape },
  isSet: false,
  binding,
  fills,
});
const set = (binding: Binding, fills: KeyInfo["fills"]): KeyInfo => ({ ...text(binding, fills), isSet: true });
const choice = (binding: Binding, fills: KeyInfo["fills"], ...choices: readonly string[]): KeyInfo => ({
  values: { kind: "choice", choices },
  isSet: false,
  binding,
  fills,
});
const other = (kind: "number" | "date" | "address", binding: Binding, fills: KeyInfo["fills"]): KeyInfo => ({
  values: { kind },
  isSet: false,
  binding,
  fills,
});

/** An account's id: twelve digits. */
export const account = pattern(Array.from({ length: 12 }, () => digitOne));
const ofHex = (prefix: string): readonly Pattern[] => [
  pattern([...codesOf(prefix), ...Array.from({ length: 8 }, () => hexOne), hexRun]),
];

/** Keys that are the same under another name: AWS lets both be used for one value. */
const aliases: Readonly<Record<string, string>> = {
  "dynamodb:firstpartitionkeyvalues": "dynamodb:leadingkeys",
  "aws:epochtime": "aws:currenttime",
};

const table: Readonly<Record<string, KeyInfo>> = {
  "aws:sourcevpce": text("network", "caller", ofHex("vpce-")),
  "aws:sourcevpc": text("network", "caller", ofHex("vpc-")),
  "aws:ec2instancesourcevpc": text("network", "identity", ofHex("vpc-")),
  "aws:ec2instancesourceprivateipv4": other("address", null, "identity"),
  "aws:sourceip": other("address", "network", "caller"),
  // Private addresses repeat in anyone's VPC: by itself it restrains nobody.
  "aws:vpcsourceip": other("address", null, "caller"),
  "aws:vpceaccount": text("network", "caller", [account]),
  "aws:vpceorgid": text("network", "caller"),
  "aws:vpceorgpaths": set("network", "caller"),
  // Of which account it is, depends on the caller: variables.ts.
  "aws:principalarn": text("identity", "identity"),
  "aws:username": text("identity", "identity"),
  "aws:userid": text("identity", "identity"),
  "aws:sourceidentity": text("identity", "identity"),
  "aws:federatedprovider": text("identity", "identity"),
  "aws:multifactorauthpresent": choice("identity", "identity", "false", "true"),
  "aws:multifactorauthage": other("number", "identity", "identity"),
  "aws:tokenissuetime": other("date", null, "identity"),
  "cognito-identity.amazonaws.com:aud": text("identity", "identity"),
  "cognito-identity.amazonaws.com:sub": text("identity", "identity"),
  "cognito-identity.amazonaws.com:amr": set("identity", "identity"),
  "www.amazon.com:user_id": text("identity", "identity"),
  "www.amazon.com:app_id": text("identity", "identity"),
  "graph.facebook.com:id": text("identity", "identity"),
  "graph.facebook.com:app_id": text("identity", "identity"),
  "accounts.google.com:sub": text("identity", "identity"),
  "accounts.google.com:aud": text("identity", "identity"),
  "dynamodb:leadingkeys": set("data", "caller"),
  "dynamodb:secondpartitionkeyvalues": set("data", "caller"),
  "dynamodb:thirdpartitionkeyvalues": set("data", "caller"),
  "dynamodb:fourthpartitionkeyvalues": set("data", "caller"),
  "dynamodb:attributes": set("data", "caller"),
  "dynamodb:select": choice(
    null,
    "caller",
    "ALL_ATTRIBUTES",
    "SPECIFIC_ATTRIBUTES",
    "ALL_PROJECTED_ATTRIBUTES",
    "COUNT",
  ),
  "dynamodb:returnvalues": choice(null, "caller", "NONE", "ALL_OLD", "ALL_NEW", "UPDATED_OLD", "UPDATED_NEW"),
  "dynamodb:returnconsumedcapacity": choice(null, "caller", "NONE", "TOTAL", "INDEXES"),
  "dynamodb:enclosingoperation": choice(null, "caller", "TransactGetItems", "TransactWriteItems", "ExecuteTransaction"),
  "dynamodb:fulltablescan": choice(null, "caller", "false", "true"),
  "aws:viaawsservice": choice(null, "caller", "false"),
  "aws:principalisawsservice": choice(null, "constant", "false"),
  "aws:securetransport": choice(null, "caller", "true", "false"),
  "aws:useragent": text(null, "caller"),
  "aws:referer": text(null, "caller"),
  "aws:currenttime": other("date", null, "caller"),
  "aws:principalaccount": text(null, "constant", [account]),
  "aws:principalorgid": text(null, "constant"),
  "aws:principalorgpaths": set(null, "constant"),
  "aws:principaltype": text(null, "constant"),
  "aws:resourceaccount": text(null, "constant", [account]),
  "aws:resourceorgid": text(null, "constant"),
  "aws:resourceorgpaths": set(null, "constant"),
  "aws:requestedregion": text(null, "constant"),
};

/** Keys with a part that is the tag's own name, or the identity provider's claim. */
const families: readonly (readonly [prefix: string, KeyInfo])[] = [
  ["aws:principaltag/", text("identity", "identity")],
  // As a variable it is filled by a tag, whoever set it.
  ["aws:resourcetag/", text("data", "identity")],
  ["saml:", text("identity", "identity")],
];

/** The key by which conditions on it are gathered, in lower case. */
export function keyName(key: string): string {
  const lower = key.toLowerCase();
  return aliases[lower] ?? lower;
}

/** Any other key that AWS lists: it may have any value, and binds nobody. */
const unlisted = text(null, "caller");

/** What is known of a key; null: no such key exists on a request to DynamoDB, so that it is always absent. */
export function keyInfo(key: string): KeyInfo | null {
  const name = keyName(key);
  const listed = table[name] ?? families.find(([prefix]) => name.startsWith(prefix))?.[1];
  return listed ?? (vectorOf(name) === null ? null : unlisted);
}

/** Whether demanding a value of the key can restrain a caller; a `*` at its end stands for all of a kind. */
export function isBindingKey(key: string): boolean {
  return keyInfo(key.replace(/\*$/, "any"))?.binding != null;
}
