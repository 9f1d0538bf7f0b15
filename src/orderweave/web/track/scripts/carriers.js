// Carriers' names. Some systems know a carrier by its code alone ("fedex"), or write that as a name ("Fedex").

const SPELLED = {
  dhl: "DHL",
  dpd: "DPD",
  fedex: "FedEx",
  gls: "GLS",
  lasership: "LaserShip",
  ontrac: "OnTrac",
  postnl: "PostNL",
  postnord: "PostNord",
  purolator: "Purolator",
  seur: "SEUR",
  tnt: "TNT",
  ups: "UPS",
  usps: "USPS",
};

const CODE = /^[a-z0-9 _-]+$/;

/** The name to show. A code in small letters is one or more words, of which a single short one is initials. */
export function carrierName(name) {
  const small = name.toLowerCase();
  if (Object.hasOwn(SPELLED, small)) {
    return SPELLED[small];
  }
  const parts = CODE.test(name) ? name.split(/[ _-]+/).filter(Boolean) : [];
  if (parts.length === 1 && name.length <= 4) {
    return name.toUpperCase();
  }
  return parts.map((part) => (Object.hasOwn(SPELLED, part) ? SPELLED[part] : part[0].toUpperCase() + part.slice(1))).join(" ") || name;
}
