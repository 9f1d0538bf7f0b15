"""The carriers behind EasyPost: their short codes and names for EasyPost's own names of them.

EasyPost has a name for each contract ("FedExDefault", "UPSDAP") and for each product line ("DhlEcs"). One that is not
here keeps its name and has no code.
"""

from __future__ import annotations

import re

from orderweave_sdk.records import Carrier

_KNOWN = {
    "amazonmws": Carrier(code="amazon", name="Amazon"),
    "amazonshipping": Carrier(code="amazon", name="Amazon"),
    "asendia": Carrier(code="asendia", name="Asendia"),
    "asendiausa": Carrier(code="asendia", name="Asendia"),
    "australiapost": Carrier(code="australia-post", name="Australia Post"),
    "canadapost": Carrier(code="canada-post", name="Canada Post"),
    "canpar": Carrier(code="canpar", name="Canpar"),
    "chronopost": Carrier(code="chronopost", name="Chronopost"),
    "colissimo": Carrier(code="colissimo", name="Colissimo"),
    "deutschepost": Carrier(code="deutsche-post", name="Deutsche Post"),
    "dhlecommerceasia": Carrier(code="dhl-ecommerce", name="DHL eCommerce"),
    "dhlecs": Carrier(code="dhl-ecommerce", name="DHL eCommerce"),
    "dhlexpress": Carrier(code="dhl", name="DHL Express"),
    "dhlexpressdefault": Carrier(code="dhl", name="DHL Express"),
    "dhlpaket": Carrier(code="dhl", name="DHL"),
    "dpd": Carrier(code="dpd", name="DPD"),
    "dpduk": Carrier(code="dpd", name="DPD"),
    "estafeta": Carrier(code="estafeta", name="Estafeta"),
    "evri": Carrier(code="evri", name="Evri"),
    "fedex": Carrier(code="fedex", name="FedEx"),
    "fedexdefault": Carrier(code="fedex", name="FedEx"),
    "fedexsmartpost": Carrier(code="fedex", name="FedEx"),
    "gls": Carrier(code="gls", name="GLS"),
    "laposte": Carrier(code="la-poste", name="La Poste"),
    "lasership": Carrier(code="ontrac", name="OnTrac"),
    "lasershipv2": Carrier(code="ontrac", name="OnTrac"),
    "lso": Carrier(code="lso", name="LSO"),
    "ontrac": Carrier(code="ontrac", name="OnTrac"),
    "ontracv3": Carrier(code="ontrac", name="OnTrac"),
    "parcelforce": Carrier(code="parcelforce", name="Parcelforce"),
    "postnl": Carrier(code="postnl", name="PostNL"),
    "purolator": Carrier(code="purolator", name="Purolator"),
    "royalmail": Carrier(code="royal-mail", name="Royal Mail"),
    "sendle": Carrier(code="sendle", name="Sendle"),
    "sfexpress": Carrier(code="sf-express", name="SF Express"),
    "ups": Carrier(code="ups", name="UPS"),
    "upsdap": Carrier(code="ups", name="UPS"),
    "upsmailinnovations": Carrier(code="ups-mail-innovations", name="UPS Mail Innovations"),
    "usps": Carrier(code="usps", name="USPS"),
    "veho": Carrier(code="veho", name="Veho"),
    "yunexpress": Carrier(code="yunexpress", name="YunExpress"),
}


def carrier(name: str | None) -> Carrier | None:
    """The carrier by EasyPost's name of it, in any case; None where none is named."""
    if name is None or not name.strip():
        return None
    return _KNOWN.get(re.sub(r"[^a-z0-9]", "", name.casefold())) or Carrier(name=name.strip())
