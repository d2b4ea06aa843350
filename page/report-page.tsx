/** The whole page, from the sentence at its top to the table that an auditor takes. */
import { useMemo } from "preact/hooks";
import type { PageData } from "../lib/report/html/page-data.ts";
import { Appendix } from "./appendix.tsx";
import { Changes } from "./changes.tsx";
import { DoorsPicture } from "./doors.tsx";
import { FilterBar } from "./filter-bar.tsx";
import { newSearch } from "./filters.ts";
import { Findings } from "./findings.tsx";
import { NotRead } from "./not-read.tsx";
import { Practices } from "./practices.tsx";
import { useFilters } from "./use-filters.ts";
import { useIsPrinting } from "./use-is-printing.ts";
import { sentenceOf } from "./words.ts";

/** No link: the address holds the filters. */
function skip(): void {
  document.getElementById("findings")?.focus();
}

export function ReportPage({ data }: { readonly data: PageData }) {
  const { filters, setFilters } = useFilters();
  const isPrinting = useIsPrinting();
  const search = useMemo(() => newSearch(data.findings), [data]);
  const shown = useMemo(() => search(filters), [search, filters]);
  return (
    <>
      <button type="button" class="skip" onClick={skip}>
        Skip to the findings
      </button>
      <header>
        <p class="product">DynamoDB compliance</p>
        <h1>{sentenceOf(data.counts)}</h1>
        <p class="subject">
          {data.subject}, {data.time}, dynamodb-compliance {data.toolVersion}
        </p>
        {data.notes.map((note) => (
          <p class="note" key={note}>
            {note}
          </p>
        ))}
      </header>
      <main>
        <NotRead groups={data.notRead} />
        <Practices practices={data.practices} filters={filters} />
        {data.comparison !== null && <Changes comparison={data.comparison} />}
        {data.doors !== null && <DoorsPicture doors={data.doors} />}
        <section aria-labelledby="findings-title" id="findings" tabIndex={-1}>
          <h2 id="findings-title">Findings</h2>
          <FilterBar data={data} filters={filters} setFilters={setFilters} shown={shown.length} />
          <Findings findings={shown} rules={data.rules} filters={filters} isPrinting={isPrinting} />
        </section>
        <Appendix data={data} isPrinting={isPrinting} />
      </main>
    </>
  );
}
