/** What could not be read: before everything else, since anything may be hidden there. */
import type { PageNotRead } from "../lib/report/html/page-data.ts";

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
              {resources !== null && <Row label="No verdict" text={resources} />}
              {brokenOff !== null && <Row label="Broke off" text={`${brokenOff}: more may not have been listed`} />}
              <Row label="Rules" text={rules} />
              {mayPass && <Row label="May pass" text="scan again" />}
            </dl>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Row({ label, text }: { readonly label: string; readonly text: string }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{text}</dd>
    </div>
  );
}
