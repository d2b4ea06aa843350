/** The filters, kept in the page's address. */
import { useEffect, useState } from "preact/hooks";
import { type Filters, readFilters, writeFilters } from "./filters.ts";

export function useFilters() {
  const [filters, show] = useState(() => readFilters(location.hash));
  useEffect(() => {
    const follow = () => show(readFilters(location.hash));
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  const setFilters = (changed: Filters): void => {
    // No step back for each letter that is typed.
    history.replaceState(null, "", writeFilters(changed));
    show(changed);
  };
  return { filters, setFilters };
}
