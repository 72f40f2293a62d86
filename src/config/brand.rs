//! How the agency shows itself: `[agency]`, and `[[brand]]` for single clients.

use std::path::Path;
use std::sync::Arc;

use super::{ConfigError, File, Key};
use crate::compose::{Agency, Brand, Colour, Logo};
use crate::model::HeaderText;

/// The agency's own face.
pub(super) fn agency(key: &Key<'_>, here: &Path, file: &File) -> Result<Agency, ConfigError> {
    let written = &file.agency;
    let name = HeaderText::new(&written.name);
    if name.is_empty() {
        return Err(key.wrong("agency.name", "must not be empty"));
    }
    Ok(Agency {
        signature: signature(&written.signature).unwrap_or_else(|| vec![name.clone()]),
        colour: colour(key, "agency.colour", &written.colour)?.unwrap_or(Colour::DEFAULT),
        website: website(key, "agency.website", &written.website)?,
        logo: logo(key, here, "agency.logo", &written.logo)?,
        name,
    })
}

/// The faces for single clients. What one leaves out is as the agency has it; with a name of its own it has a signature of its own.
pub(super) fn brands(key: &Key<'_>, here: &Path, file: &File, own: &Agency) -> Result<Vec<Brand>, ConfigError> {
    let mut brands: Vec<Brand> = Vec::new();
    for (index, written) in file.brand.iter().enumerate() {
        let field = |name: &str| format!("brand[{index}].{name}");
        let client = HeaderText::new(&written.client);
        if client.is_empty() {
            return Err(key.wrong(&field("client"), "must not be empty: it is the client's name as batches write it"));
        }
        if Brand::of(&brands, client.as_str()).is_some() {
            return Err(key.wrong(&field("client"), &format!("{client} has a brand already; put both into one")));
        }
        let name = Some(HeaderText::new(&written.name)).filter(|name| !name.is_empty());
        let inherited = match &name {
            Some(name) => vec![name.clone()],
            None => own.signature.clone(),
        };
        let agency = Agency {
            signature: signature(&written.signature).unwrap_or(inherited),
            colour: colour(key, &field("colour"), &written.colour)?.unwrap_or(own.colour),
            website: website(key, &field("website"), &written.website)?.or_else(|| own.website.clone()),
            logo: match logo(key, here, &field("logo"), &written.logo)? {
                // The agency's logo says the agency's name.
                None if name.is_none() => own.logo.clone(),
                logo => logo,
            },
            name: name.unwrap_or_else(|| own.name.clone()),
        };
        brands.push(Brand { client, agency });
    }
    Ok(brands)
}

fn signature(lines: &[String]) -> Option<Vec<HeaderText>> {
    (!lines.is_empty()).then(|| lines.iter().map(|line| HeaderText::new(line)).collect())
}

fn colour(key: &Key<'_>, field: &str, text: &str) -> Result<Option<Colour>, ConfigError> {
    match text {
        "" => Ok(None),
        colour => key.parse(field, colour).map(Some),
    }
}

/// A link in every letter: a web address, printable and without blanks.
fn website(key: &Key<'_>, field: &str, text: &str) -> Result<Option<String>, ConfigError> {
    let is_web = text.starts_with("https://") || text.starts_with("http://");
    match text {
        "" => Ok(None),
        url if is_web && url.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"') => Ok(Some(url.to_owned())),
        other => Err(key.wrong(field, &format!("{other:?} is not a web address such as https://agency.example"))),
    }
}

fn logo(key: &Key<'_>, here: &Path, field: &str, file: &str) -> Result<Option<Arc<Logo>>, ConfigError> {
    if file.is_empty() {
        return Ok(None);
    }
    let path = here.join(file);
    let wrong = |what: &str| key.wrong(field, &format!("{}: {what}", path.display()));
    let bytes = std::fs::read(&path).map_err(|error| {
        wrong(&format!(
            "{error}; name a PNG or JPEG file, relative to the configuration, or leave {field} out"
        ))
    })?;
    Logo::read(bytes)
        .map(|logo| Some(Arc::new(logo)))
        .map_err(|error| wrong(&error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is made of `[agency]` and `[[brand]]` in a directory with a logo and a file that is none.
    fn read(more: &str) -> Result<(Agency, Vec<Brand>), String> {
        let here = tempfile::TempDir::new().unwrap();
        let logo = include_bytes!("../../fixtures/brands/quayside.png");
        std::fs::write(here.path().join("logo.png"), logo).unwrap();
        std::fs::write(here.path().join("logo.svg"), "<svg/>").unwrap();
        std::fs::write(here.path().join("poster.png"), [&logo[..], &[0; 40_000]].concat()).unwrap();
        let text = format!(
            "[agency]\nname = \"Harbour Talent\"\naddress = \"bot@agency.example\"\nzone = \"Europe/London\"\n\
             website = \"https://harbour.example\"\n{more}\n[http]\nlisten = \"127.0.0.1:1\"\npublic_url = \"https://a.example\"\n"
        );
        let path = Path::new("config.toml");
        let key = Key {
            path,
            secrets: super::super::Secrets::Read,
        };
        let file = super::super::parse_toml::<File>(path, &text).map_err(|error| error.to_string())?;
        let own = agency(&key, here.path(), &file).map_err(|error| error.to_string())?;
        let brands = brands(&key, here.path(), &file, &own).map_err(|error| error.to_string())?;
        Ok((own, brands))
    }

    #[test]
    fn a_brand_has_what_it_names_and_the_rest_of_the_agency() {
        let (own, brands) = read(
            "signature = [\"Ines\", \"Harbour Talent\"]\ncolour = \"#112233\"\nlogo = \"logo.png\"\n\
             [[brand]]\nclient = \"Northwind  Logistics\"\nname = \"Quayside Search\"\n\
             [[brand]]\nclient = \"Fjordkraft\"\ncolour = \"#FFE08A\"\n\
             [[brand]]\nclient = \"Øresund\"\nname = \"Bro\"\nsignature = [\"Bo\"]\nwebsite = \"https://bro.example\"\nlogo = \"logo.png\"",
        )
        .unwrap();
        let of = |client: &str| &Brand::of(&brands, client).unwrap().agency;
        // Another name, so neither the signature nor the logo that say the agency's own.
        let quayside = of("NORTHWIND LOGISTICS");
        assert_eq!(quayside.name.as_str(), "Quayside Search");
        assert_eq!(quayside.signature, [HeaderText::new("Quayside Search")]);
        assert!(quayside.logo.is_none());
        assert_eq!((quayside.colour, &quayside.website), (own.colour, &own.website));
        // Only another colour.
        let fjordkraft = of("fjordkraft");
        assert_eq!(fjordkraft.colour.to_string(), "#ffe08a");
        let expected = Agency {
            colour: fjordkraft.colour,
            ..own.clone()
        };
        assert_eq!(*fjordkraft, expected);
        let bro = of("ØRESUND");
        assert_eq!(bro.signature, [HeaderText::new("Bo")]);
        assert_eq!(bro.website.as_deref(), Some("https://bro.example"));
        assert_eq!(bro.logo, own.logo);
        assert!(Brand::of(&brands, "Northwind").is_none());
    }

    #[test]
    fn a_mistake_in_a_brand_is_named_with_its_place_and_the_fix() {
        for (wrong, place, fix) in [
            ("[[brand]]", "line 6", "missing field `client`"),
            ("[[brand]]\nclient = \" \"", "brand[0].client", "must not be empty"),
            (
                "[[brand]]\nclient = \"A\"\n[[brand]]\nclient = \"a\"",
                "brand[1].client",
                "put both into one",
            ),
            ("[[brand]]\nclient = \"A\"\ncolor = \"#112233\"", "line 8", "did you mean `colour`?"),
            (
                "[[brand]]\nclient = \"A\"\ncolour = \"blue\"",
                "brand[0].colour",
                "six hexadecimal digits after a #",
            ),
            (
                "[[brand]]\nclient = \"A\"\nwebsite = \"a.example\"",
                "brand[0].website",
                "such as https://agency.example",
            ),
            (
                "[[brand]]\nclient = \"A\"\nlogo = \"logo.svg\"",
                "brand[0].logo",
                "neither a PNG nor a JPEG",
            ),
            (
                "[[brand]]\nclient = \"A\"\nlogo = \"poster.png\"",
                "brand[0].logo",
                "save it smaller",
            ),
            ("logo = \"nothing.png\"", "agency.logo", "leave agency.logo out"),
            ("logo = \".\"", "agency.logo", "name a PNG or JPEG file"),
            ("lgo = \"logo.png\"", "line 6", "did you mean `logo`?"),
            (
                "[[brand]]\nclient = \"A\"\nwebsite = \"javascript:alert(1)\"",
                "brand[0].website",
                "is not a web address",
            ),
            ("colour = \"#12345\"", "agency.colour", "six hexadecimal digits"),
        ] {
            let error = read(wrong).unwrap_err();
            assert!(
                error.starts_with("config.toml: ") && error.contains(place) && error.contains(fix),
                "{wrong}: {error}"
            );
        }
    }
}
