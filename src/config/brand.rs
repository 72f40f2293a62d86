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
    let bytes = std::fs::read(&path).map_err(|error| wrong(&error.to_string()))?;
    Logo::read(bytes)
        .map(|logo| Some(Arc::new(logo)))
        .map_err(|error| wrong(&error.to_string()))
}
