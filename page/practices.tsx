/** One bar a practice of the AWS page, each a link that shows its findings. */
import type { PageData } from "../lib/report/html/page-data.ts";
import type { Counts } from "../lib/report/report.ts";
import { type Filters, noFilters, writeFilters } from "./filters.ts";
import { countsInWords } from "./words.ts";

export function Practices({ practices, filters }: Pick<PageData, "practices"> & { readonly filters: Filters }) {
  return (
    <nav aria-label="Practices">
      <ul class="practices">
        {practices.map(({ practice, counts }) =>
          counts === null ? (
            <li key={practice} class="practice">
              <span class="name">{practice}</span>
              <span class="bar" />
              <span class="words">not asked</span>
            </li>
          ) : (
            <li key={practice}>
              <a
                class="practice"
                href={writeFilters({ ...noFilters, practice: filters.practice === practice ? "" : practice })}
                aria-current={filters.practice === practice ? "true" : undefined}
              >
                <span class="name">{practice}</span>
                <Bar counts={counts} />
                <span class="words">{countsInWords(counts)}</span>
              </a>
            </li>
          ),
        )}
      </ul>
    </nav>
  );
}

/** The words beside it say the same. */
function Bar({ counts }: { readonly counts: Counts }) {
  const parts = ["compliant", "violations", "unread", "exempted"] as const;
  return (
    <span class="bar" aria-hidden="true">
      {parts.map(
        (part) => counts[part] > 0 && <span key={part} class={`part ${part}`} style={{ flexGrow: counts[part] }} />,
      )}
    </span>
  );
}
