// The token of the one order that this tab may see. It comes behind the # of a link, which no server is ever sent, is
// taken out of the address at once, and is kept for as long as the tab is open.

const NAME = "orderweave.track";
const LONGEST = 4000;

let unkept = null;

/** What is kept, or comes with the address: `{token, expiresAt}`, the time null where nobody said. */
export function kept() {
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (token) {
    history.replaceState(null, "", location.pathname + location.search);
    keep({ token: token.slice(0, LONGEST), expiresAt: null });
  }
  try {
    return JSON.parse(sessionStorage.getItem(NAME)) ?? unkept;
  } catch {
    return unkept;
  }
}

export function keep(access) {
  unkept = { token: access.token, expiresAt: access.expiresAt };
  try {
    sessionStorage.setItem(NAME, JSON.stringify(unkept));
  } catch {
    // A browser that keeps nothing: this page alone knows it, until it is left.
  }
}

export function forget() {
  unkept = null;
  try {
    sessionStorage.removeItem(NAME);
  } catch {
    // Then nothing was kept.
  }
}
