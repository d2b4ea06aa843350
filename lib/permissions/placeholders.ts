/** Names in a mend's documents that a person must replace. Pure. */

interface Placeholder {
  /** What the document says. */
  readonly name: string;
  /** A value of the right form, under which the reasoner checks the document. */
  readonly standIn: string;
  /** What stands for it, as the object of "choose". */
  readonly choose: string;
}

export const placeholders = {
  table: { name: "TABLE_NAME", standIn: "TABLE_NAME", choose: "the tables that are used (TABLE_NAME)" },
  endpoint: {
    name: "vpce-ENDPOINT_ID",
    standIn: "vpce-0e9d8c7b6a5f4e3d2",
    choose: "the VPC endpoint that its requests come through (ENDPOINT_ID)",
  },
  vpc: {
    name: "vpc-VPC_ID",
    standIn: "vpc-0e9d8c7b6a5f4e3d2",
    choose: "the VPC that its requests come from (VPC_ID)",
  },
  addresses: {
    name: "ADDRESS_RANGE",
    standIn: "203.0.113.128/27",
    choose: "the addresses that its requests come from (ADDRESS_RANGE)",
  },
  value: { name: "REQUIRED_VALUE", standIn: "REQUIRED_VALUE", choose: "the value of the key (REQUIRED_VALUE)" },
} as const satisfies Readonly<Record<string, Placeholder>>;

/** A draft as people see it. */
export function named(text: string): string {
  return Object.values(placeholders).reduce((shown, { name, standIn }) => shown.replaceAll(standIn, name), text);
}

/** What a person must choose before the documents can be used; empty where nothing is left open. */
export function choicesIn(drafts: readonly string[]): readonly string[] {
  return Object.values(placeholders)
    .filter(({ standIn }) => drafts.some((draft) => draft.includes(standIn)))
    .map(({ choose }) => choose);
}
