export interface Answers {
  answer(call: { call: string; region: string; input: unknown }, ask: () => Promise<unknown>): Promise<unknown>;
}
