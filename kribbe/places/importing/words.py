"""What columns and values are called in lists of childcare, in Dutch, French, English and German."""

from collections.abc import Mapping


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split(", "))


def _meanings(**words: str) -> dict[str, str]:
    return {word: meaning for meaning, text in words.items() for word in _words(text)}


HEADERS: Mapping[str, tuple[str, ...]] = {
    "name": _words(
        "naam, naam locatie, naam opvanglocatie, opvanglocatie, locatie, voorziening, kinderdagverblijf, nom, "
        "nom du milieu, denomination, milieu d accueil, name, location, location name, einrichtung, "
        "bezeichnung, actuele naam oko, actuele naam"
    ),
    "licence_number": _words(
        "dossiernummer, vergunningsnummer, vergunning, lrk id, lrk nummer, lrkid, registratienummer, "
        "erkenningsnummer, numero d autorisation, numero de licence, matricule, registration number, licence "
        "number, license number, licence, zulassungsnummer, genehmigungsnummer, nummer, numero, "
        "registernummer"
    ),
    "kind": _words(
        "soort, soort opvang, type, type opvang, opvangvorm, vergunningstype, type oko, type d accueil, type "
        "de milieu, kind, kind of care, care type, art, betreuungsart, einrichtungsart"
    ),
    "street": _words(
        "adres, straat, straatnaam, straat en nummer, straat en huisnummer, opvanglocatie adres, adresse, "
        "rue, rue et numero, address, street, street address, strasse, strasse und hausnummer, anschrift"
    ),
    "house_number": _words("huisnummer, huisnr, nr, house number, numero de maison, hausnummer"),
    "postcode": _words(
        "postcode, postnummer, code postal, cp, postal code, zip, zip code, plz, postleitzahl, opvanglocatie "
        "postcode"
    ),
    "city": _words(
        "gemeente, woonplaats, plaats, stad, opvanglocatie woonplaats, commune, ville, localite, city, town, "
        "municipality, ort, stadt, gemeinde, deelgemeente"
    ),
    "longitude": _words(
        "longitude, lon, lng, long, lengtegraad, x, x coordinaat, x coord, x lambert, lambert x, coordonnee "
        "x, langengrad, laengengrad, wgs84 lon"
    ),
    "latitude": _words(
        "latitude, lat, breedtegraad, y, y coordinaat, y coord, y lambert, lambert y, coordonnee y, "
        "breitengrad, wgs84 lat"
    ),
    "point": _words(
        "punt, point, coordinaten, coordinates, coordonnees, geo point, geo point 2d, geopunt, geom, "
        "geometry, koordinaten, locatiepunt, wkt"
    ),
    "organiser": _words(
        "organisator, naam organisator, houder, naam houder, inrichtende macht, pouvoir organisateur, "
        "organisateur, organiser, organizer, operator, owner, trager, traeger, betreiber"
    ),
    "enterprise_number": _words(
        "ondernemingsnummer, kbo, kbo nummer, kvk nummer houder, kvk nummer, numero d entreprise, bce, "
        "enterprise number, company number, unternehmensnummer"
    ),
    "organiser_since": _words(
        "organisator sinds, houder sinds, sinds, startdatum, datum inschrijving, begindatum, depuis, date de "
        "debut, organiser since, since, start date, seit, startdatum oko"
    ),
    "places": _words(
        "plaatsen, aantal plaatsen, vergunde plaatsen, aantal kindplaatsen, kindplaatsen, capaciteit, totaal "
        "plaatsen, places, nombre de places, places autorisees, capacite, licensed places, capacity, platze, "
        "plaetze, anzahl platze"
    ),
    "price_kind": _words(
        "ikt niet ikt, ikt, inkomenstarief, prijs, tarief, prijskind, soort prijs, prix, tarif, type de prix, "
        "price, price kind, preis"
    ),
    "licence_state": _words(
        "status, vergunningsstatus, statut, licence state, licence status, registratiestatus"
    ),
    "phone": _words(
        "telefoon, telefoonnummer, tel, contact telefoon, telephone, phone, phone number, telefon"
    ),
    "email": _words(
        "e mail, email, mail, mailadres, e mailadres, contact emailadres, courriel, adresse mail"
    ),
    "website": _words(
        "website, web, site, webadres, contact website, site web, site internet, url, webseite"
    ),
}
"""Folded names of columns, the usual ones first."""

KINDS: Mapping[str, str] = _meanings(
    group=(
        "groepsopvang, kinderdagverblijf, kdv, creche, dagopvang, kinderopvang baby s en peuters "
        "groepsopvang, groepsopvang baby s en peuters, day care, day care centre, nursery, group, group care, "
        "accueil collectif, accueil en groupe, milieu d accueil collectif, kindertagesstatte, kita, "
        "kinderkrippe, krippe"
    ),
    family=(
        "gezinsopvang, onthaalouder, gezinsopvang baby s en peuters, onthaalouders, samenwerkende "
        "onthaalouders, family, family care, family carer, childminder, accueil familial, accueillante, "
        "accueillant e, tagesmutter, tagespflege, kindertagespflege, voorziening voor gastouderopvang, vgo"
    ),
    toddlers="peuterspeelzaal, peuterspeelplaats, psz, peuteropvang",
    skip=(
        "buitenschoolse opvang, bso, bko, ibo, boa, naschoolse opvang, schoolkinderen, gastouderbureau, gob, "
        "out of school care, after school care, accueil extrascolaire, garderie scolaire, hort, "
        "schulkindbetreuung, agency"
    ),
)
"""Folded names of kinds: day-care centre, family carer, centre for toddlers from 24 months, or not day care."""

PRICES: Mapping[str, str] = _meanings(
    income=(
        "ikt, inkomenstarief, ja, income, income based, selon revenus, tarif selon revenus, "
        "einkommensabhangig, oui"
    ),
    free="niet ikt, vrije prijs, vrij, nee, free, free price, prix libre, libre, non, freier preis, geen ikt",
)
"""Folded names of the kinds of price."""

STATES: Mapping[str, str] = _meanings(
    licensed="vergund, ingeschreven, actief, licensed, autorise, active, zugelassen",
    suspended="geschorst, suspended, suspendu, ausgesetzt",
    ended="opgeheven, uitgeschreven, stopgezet, ended, retire, beendet",
)
"""Folded names of the states of a licence."""

MONTHS: Mapping[str, int] = {
    name: number
    for number, names in enumerate(
        (
            "januari jan janvier january januar",
            "februari feb fevrier february februar",
            "maart mrt mars march marz",
            "april apr avril",
            "mei mai may",
            "juni jun juin june",
            "juli jul juillet july",
            "augustus aug aout august",
            "september sep sept septembre",
            "oktober okt octobre october oct",
            "november nov novembre",
            "december dec decembre dezember dez",
        ),
        start=1,
    )
    for name in names.split()
}
"""Folded names of months, whole and short."""
