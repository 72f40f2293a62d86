//! Schema versions: forward only, one transaction each.

use rusqlite::Connection;

use super::{StoreError, Tx};

/// "rply" in ASCII: tells our files from others.
const APPLICATION_ID: i32 = 0x7270_6c79;
/// The n-th entry leads from version n to n + 1.
const MIGRATIONS: &[&str] = &[
    include_str!("schema.sql"),
    include_str!("schema-2.sql"),
    include_str!("schema-3.sql"),
    include_str!("schema-4.sql"),
    include_str!("schema-5.sql"),
    include_str!("schema-6.sql"),
    include_str!("schema-7.sql"),
    include_str!("schema-8.sql"),
    include_str!("schema-9.sql"),
    include_str!("schema-10.sql"),
    include_str!("schema-11.sql"),
    include_str!("schema-12.sql"),
];
/// The version that brings milestones: those of all submissions so far are told by their timelines.
const MILESTONES: usize = 5;
/// The version that brings the codes of CVs. Some databases had all of it as version 11.
const CODES: usize = 12;

/// The schema's version; 0 for an empty file.
///
/// # Errors
/// When the file is not one of ours, or a newer one.
pub(super) fn version(connection: &Connection) -> Result<usize, StoreError> {
    let path = connection.path().unwrap_or_default().into();
    let wrong = |what: String| StoreError::NotAsRequired { path, what };
    let version: usize = connection
        .pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0))?
        .try_into()
        .unwrap_or(usize::MAX);
    let application: i32 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if application != APPLICATION_ID && tables > 0 {
        return Err(wrong(
            "is an SQLite database, but not one of replyd's; point [store] database elsewhere".to_owned(),
        ));
    }
    if version > MIGRATIONS.len() {
        return Err(wrong(format!(
            "was written by a newer replyd (schema {version}, this one knows {}); install that version",
            MIGRATIONS.len()
        )));
    }
    Ok(version)
}

fn has_codes(connection: &Connection) -> Result<bool, StoreError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'cv_codes')";
    Ok(connection.query_row(sql, [], |row| row.get(0))?)
}

pub(super) fn run(connection: &mut Connection) -> Result<(), StoreError> {
    let version = version(connection)?;
    for (done, migration) in MIGRATIONS.iter().enumerate().skip(version) {
        let tx = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        if done + 1 != CODES || !has_codes(&tx)? {
            tx.execute_batch(migration)?;
        }
        if done + 1 == MILESTONES {
            Tx::new(&tx, 0).fill_milestones()?;
        }
        tx.pragma_update(None, "user_version", i64::try_from(done + 1).unwrap_or(i64::MAX))?;
        tx.pragma_update(None, "application_id", APPLICATION_ID)?;
        tx.commit()?;
    }
    Ok(())
}
