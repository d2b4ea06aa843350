/** What could not be read: before everything else, since anything may be hidden there. */
import type { PageNotRead } from "../lib/report/html/page-data.ts";
import { Fact } from "./fact.tsx";

export function NotRead({ groups }: { readonly groups: readonly PageNotRead[] }) {
  if (groups.length === 0) return null;
  return (
    <section class="not-read" aria-labelledby="not-read-title">
      <h2 id="not-read-title">Not read: nothing here counts as compliant</h2>
      <ul>
        {groups.map(({ failure, resources, rules, brokenOff, mayPass }) => (
          <li key={`${failure} ${resources}`}>
            <p class="failure">{failure}</p>
            <dl>
              {resources !== null && <Fact label="No verdict">{resources}</Fact>}
              {brokenOff !== null && <Fact label="Broke off">{brokenOff}: more may not have been listed</Fact>}
              <Fact label="Rules">{rules}</Fact>
              {mayPass && <Fact label="May pass">scan again</Fact>}
            </dl>
          </li>
        ))}
      </ul>
    </section>
  );
}
