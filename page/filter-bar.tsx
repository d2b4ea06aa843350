/** Filters of the findings. */
import type { PageData } from "../lib/report/html/page-data.ts";
import { severities } from "../lib/rule.ts";
import { type Filters, noFilters, verdicts } from "./filters.ts";
import { inDigits } from "./words.ts";

interface Props {
  readonly data: PageData;
  readonly filters: Filters;
  readonly setFilters: (filters: Filters) => void;
  /** How many findings pass. */
  readonly shown: number;
}

export function FilterBar({ data, filters, setFilters, shown }: Props) {
  const practices = data.practices.filter(({ counts }) => counts !== null).map(({ practice }) => practice);
  const rules = data.rules.filter(({ practice }) => filters.practice === "" || practice === filters.practice);
  const isFiltered = Object.entries(noFilters).some(([name, value]) => filters[name as keyof Filters] !== value);
  return (
    <search class="filters">
      <label class="text">
        Text
        <input
          type="search"
          value={filters.text}
          placeholder="a name, an ARN, an action"
          autocomplete="off"
          onInput={({ currentTarget }) => setFilters({ ...filters, text: currentTarget.value })}
        />
      </label>
      <Choice
        label="Practice"
        value={filters.practice}
        options={practices.map((practice) => [practice, practice])}
        onChoose={(practice) => setFilters({ ...filters, practice, rule: "" })}
      />
      <Choice
        label="Rule"
        value={filters.rule}
        options={rules.map(({ rule }) => [rule, rule])}
        onChoose={(rule) => setFilters({ ...filters, rule })}
      />
      <Choice
        label="Verdict"
        value={filters.verdict}
        options={[["OPEN", "Violations and not read"], ...Object.entries(verdicts)]}
        onChoose={(verdict) => setFilters({ ...filters, verdict: verdict as Filters["verdict"] })}
      />
      <Choice
        label="Severity"
        value={filters.severity}
        options={severities.toReversed().map((severity) => [severity, severity])}
        onChoose={(severity) => setFilters({ ...filters, severity })}
      />
      {data.comparison !== null && (
        <Choice
          label="Since the baseline"
          value={filters.change}
          options={[
            ["new", "New"],
            ["unchanged", "Unchanged"],
          ]}
          onChoose={(change) => setFilters({ ...filters, change })}
        />
      )}
      <button type="button" disabled={!isFiltered} onClick={() => setFilters(noFilters)}>
        Reset
      </button>
      <output>
        {inDigits(shown)} of {inDigits(data.findings.length)} shown
      </output>
    </search>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly [value: string, label: string])[];
  readonly onChoose: (value: string) => void;
}

function Choice({ label, value, options, onChoose }: ChoiceProps) {
  return (
    <label>
      {label}
      <select value={value} onChange={({ currentTarget }) => onChoose(currentTarget.value)}>
        <option value="">All</option>
        {options.map(([optionValue, optionLabel]) => (
          <option key={optionValue} value={optionValue}>
            {optionLabel}
          </option>
        ))}
      </select>
    </label>
  );
}
