/** The commands that put narrower documents in the place of those that stand in the account. Pure. */
import type { IamFacts, Kept, PolicyDocument } from "../account/iam-facts.ts";
import type { Step } from "../rule.ts";
import { type CommandWord, commandWord } from "./holding.ts";

export interface ChangedDocument {
  readonly document: PolicyDocument;
  /** Null where nothing of it is left. */
  readonly after: string | null;
}

/** IAM keeps five versions of a managed policy (IAM user guide, quotas). */
const mostVersions = 5;
/** Characters, white space apart, of a managed policy, and of all inline policies of a user, group or role (IAM user
 * guide, quotas). */
const limits = { managed: 6_144, user: 2_048, group: 5_120, role: 10_240 } as const;

/** Why a narrower document cannot take the old one's place; null where it can. */
export function tooLong(facts: IamFacts, { document, after }: ChangedDocument): string | null {
  const { in: place } = document.kept;
  if (after === null || place === "file") return null;
  const holder = place === "principal" ? holderOf(facts, document) : null;
  const limit = limits[holder?.word ?? "managed"];
  const length = after.replace(/\s/g, "").length;
  return length <= limit
    ? null
    : `The narrower ${document.name} would have ${length} characters, ${limit} are allowed: keep only the actions that are used.`;
}

export function stepsFor(facts: IamFacts, changed: readonly ChangedDocument[]): readonly Step[] {
  return changed.flatMap((one): readonly Step[] => {
    const why = tooLong(facts, one);
    if (why !== null) return [{ words: why }];
    return one.after === null ? removal(facts, one.document) : replacement(facts, one.document, one.after);
  });
}

function replacement(facts: IamFacts, document: PolicyDocument, content: string): readonly Step[] {
  const { kept, name } = document;
  const file = fileOf(facts, document);
  const written: Step[] = [{ file, content: `${content}\n` }];
  const uri = `file://${file}`;
  if (kept.in === "file") return written;
  if (kept.in === "account") {
    return [
      ...written,
      ...roomForVersion(kept),
      {
        command: [
          "aws",
          "iam",
          "create-policy-version",
          "--policy-arn",
          kept.arn,
          "--policy-document",
          uri,
          "--set-as-default",
        ],
      },
    ];
  }
  const holder = holderOf(facts, document);
  if (holder === null) return written;
  const { word, flag, holderName } = holder;
  if (kept.in === "principal") {
    return [
      ...written,
      {
        command: [
          "aws",
          "iam",
          `put-${word}-policy`,
          flag,
          holderName,
          "--policy-name",
          name,
          "--policy-document",
          uri,
        ],
      },
    ];
  }
  // AWS changes its own policies as it likes, and nobody else can: a policy of the account takes its place.
  const own = `${holderName}-${name}`;
  const [, partition = "aws"] = kept.arn.split(":");
  const arn = `arn:${partition}:iam::${facts.accountId ?? "ACCOUNT_ID"}:policy/${own}`;
  return [
    ...written,
    { command: ["aws", "iam", "create-policy", "--policy-name", own, "--policy-document", uri] },
    { command: ["aws", "iam", `attach-${word}-policy`, flag, holderName, "--policy-arn", arn] },
    { command: ["aws", "iam", `detach-${word}-policy`, flag, holderName, "--policy-arn", kept.arn] },
  ];
}

function removal(facts: IamFacts, document: PolicyDocument): readonly Step[] {
  const { kept, name } = document;
  if (facts.kind === "policy") return [{ words: `Nothing of ${name === "" ? "it" : name} is left: delete it.` }];
  const holder = holderOf(facts, document);
  if (holder === null || kept.in === "file") return [];
  const { word, flag, holderName } = holder;
  return kept.in === "principal"
    ? [{ command: ["aws", "iam", `delete-${word}-policy`, flag, holderName, "--policy-name", name] }]
    : [{ command: ["aws", "iam", `detach-${word}-policy`, flag, holderName, "--policy-arn", kept.arn] }];
}

interface Holder {
  readonly word: CommandWord;
  readonly flag: string;
  readonly holderName: string;
}

/** In whom the document is, or to whom it is attached: the group, where a user has it by one. */
function holderOf(facts: IamFacts, { group }: PolicyDocument): Holder | null {
  if (group !== null) return { word: "group", flag: "--group-name", holderName: group.name };
  if (facts.kind === "policy") return null;
  const word = commandWord(facts);
  return { word, flag: `--${word}-name`, holderName: facts.name };
}

function roomForVersion({ arn, versions }: Kept & { readonly in: "account" }): readonly Step[] {
  if (versions.length < mostVersions) return [];
  const [oldest] = versions
    .filter(({ isDefault }) => !isDefault)
    .toSorted((one, other) => (one.createDate ?? "").localeCompare(other.createDate ?? ""));
  if (oldest === undefined) return [];
  return [
    {
      command: ["aws", "iam", "delete-policy-version", "--policy-arn", arn, "--version-id", oldest.versionId],
    },
  ];
}

function fileOf(facts: IamFacts, { name, kept, group }: PolicyDocument): string {
  // Of one policy of AWS each holder gets a document of its own.
  const isOfHolder = kept.in === "principal" || kept.in === "aws";
  const holder = isOfHolder ? (group?.name ?? (facts.kind === "policy" ? "" : facts.name)) : "";
  const parts = [holder, name === "" ? "policy" : name].filter((part) => part !== "");
  return `${parts.join("-").replace(/[^\w.-]+/g, "-")}.json`;
}
