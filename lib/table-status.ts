/** What a table's status says about judging it. Pure. */

/** Whether the table is being created or deleted: what it is like is not settled, or matters no more. */
export function isComingOrGoing(tableStatus: string): boolean {
  return tableStatus === "CREATING" || tableStatus === "DELETING";
}

/** Why such a table is not judged now. */
export function whyNotYetJudged(tableStatus: string): string {
  return `The table is ${tableStatus}: it is judged when it is ACTIVE`;
}
