/** Statements found by the resource of a request: of those that name their resources whole, only the ones that name it. */
import type { CompiledStatement } from "./evaluate.ts";
import { type Code, isLiteral, type Pattern, pattern } from "./pattern.ts";

export class ByResource {
  private readonly statements: readonly CompiledStatement[];
  /** Indexes of statements, by the id of a text that they name. */
  private readonly naming = new Map<string, number[]>();
  /** Of those that must be compared. */
  private readonly others: number[] = [];

  constructor(
    statements: readonly CompiledStatement[],
    patternsOf: (statement: CompiledStatement) => readonly Pattern[],
  ) {
    this.statements = statements;
    for (const [index, statement] of statements.entries()) {
      const patterns = patternsOf(statement);
      if (statement.resource.not || !patterns.every(isLiteral)) this.others.push(index);
      else for (const { id } of patterns) this.indexesOf(id).push(index);
    }
  }

  /** The first, in their order, that applies.
   * @param applies never to a statement whose Resource does not match */
  first(resource: readonly Code[], applies: (statement: CompiledStatement) => boolean): CompiledStatement | undefined {
    const firstOf = (indexes: readonly number[]): number =>
      indexes.find((index) => {
        const statement = this.statements[index];
        return statement !== undefined && applies(statement);
      }) ?? this.statements.length;
    const named = this.naming.size === 0 ? undefined : this.naming.get(pattern(resource).id);
    return this.statements[Math.min(firstOf(named ?? []), firstOf(this.others))];
  }

  private indexesOf(id: string): number[] {
    const known = this.naming.get(id) ?? [];
    this.naming.set(id, known);
    return known;
  }
}
