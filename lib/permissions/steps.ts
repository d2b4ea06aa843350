/** The commands that put narrower documents in the place of those that stand in the account. Pure. */
import type { IamFacts, Kept, PolicyDocument } from "../account/iam-facts.ts";
import type { Step } from "../rule.ts";
import { commandWord } from "./holding.ts";

export interface ChangedDocument {
  readonly document: PolicyDocument;
  /** Null where nothing of it is left. */
  readonly after: string | null;
}

/** IAM keeps five versions of a managed policy (IAM user guide, quotas). */
const mostVersions = 5;
/** Characters of a managed policy, white space apart (IAM user guide, quotas). */
const managedLimit = 6_144;

export function stepsFor(facts: IamFacts, changed: readonly ChangedDocument[]): readonly Step[] {
  return changed.flatMap(({ document, after }) =>
    after === null ? removal(facts, document) : replacement(facts, document, after),
  );
}

function replacement(facts: IamFacts, document: PolicyDocument, content: string): readonly Step[] {
  const { kept, name } = document;
  const file = fileOf(facts, document);
  const written: Step[] = [{ file, content: `${content}\n` }, ...tooLong(content)];
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
  const own = `${name}-narrowed`;
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
  readonly word: string;
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

function tooLong(content: string): readonly Step[] {
  const length = content.replace(/\s/g, "").length;
  if (length <= managedLimit) return [];
  return [
    {
      words: `The document has ${length} characters, ${managedLimit} are allowed: keep only actions that are used, or split it.`,
    },
  ];
}

function fileOf(facts: IamFacts, { name, kept, group }: PolicyDocument): string {
  const holder = kept.in === "principal" ? (group?.name ?? (facts.kind === "policy" ? "" : facts.name)) : "";
  const parts = [holder, name === "" ? "policy" : name].filter((part) => part !== "");
  return `${parts.join("-").replace(/[^\w.-]+/g, "-")}.json`;
}
