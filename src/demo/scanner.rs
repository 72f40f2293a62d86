//! A security scanner: opens every link of a letter, over and over, before any person does.
//!
//! In: a letter as fetched. Out: real requests.
//! Never here: a POST. Scanners that press buttons are another matter, which the http room's tests look at.

use super::people::{Browser, Letter, Trouble};

/// Opens each link three times: HEAD, GET, GET. Gives how many links there were and how many answers came.
pub(super) async fn open_everything(letter: &Letter) -> Result<(usize, usize), Trouble> {
    let scanner = Browser::new("Mozilla/5.0 (compatible; LinkSafety/2.1)");
    let links = letter.links();
    let mut answers = 0;
    for link in &links {
        scanner.head(link).await?;
        scanner.get(link).await?;
        scanner.get(link).await?;
        answers += 3;
    }
    Ok((links.len(), answers))
}
