//! No statement of the store reads a whole table that grows: each is explained on an empty database of the current schema.

use sha2::{Digest, Sha256};

use super::none;
use super::source::{root, sources};

/// Versions of the schema, each on top of the one before.
const SCHEMAS: [&str; 12] = [
    "src/store/schema.sql",
    "src/store/schema-2.sql",
    "src/store/schema-3.sql",
    "src/store/schema-4.sql",
    "src/store/schema-5.sql",
    "src/store/schema-6.sql",
    "src/store/schema-7.sql",
    "src/store/schema-8.sql",
    "src/store/schema-9.sql",
    "src/store/schema-10.sql",
    "src/store/schema-11.sql",
    "src/store/schema-12.sql",
];
/// SHA-256 of those that databases out there were made with: what comes after them goes into a file of its own.
const LANDED: [&str; 11] = [
    "7cc6f716c55c4130c3b7821a34cba6409df22da4431ac6db9801de9c7da96ce3",
    "89f100fd5ac02488f7a78caeb8f11845c716bcb0e212ade85a7f3f729443bdcf",
    "5c8b9c4a03ded102c3a378ce35080be58e78a754d9c52c997d1baaceb713589a",
    "eac3c45a507f4a4136d3ccd2dc1398b56366f30eaa064edf8b990e54bd05eefd",
    "f22199666f728096c4eb92ecea7bef14bd596aa1db7dedf845b8c82d4f77d07c",
    "816ed603f4c7af44fedcd6623577ca55fafa7f73d595050fdd7d9e714923302d",
    "dbbbccf3a69287163ffd0950d2250c7bb55ff5ecd33207db309dae12931882b5",
    "c87a89b4d8e087371f7eb14034951ce8029d0d65b4527b19344bcec4e6629f5a",
    "011a9f0cc9e2db0427f66dd55f15627cdb88fc3af9c9fb316c684134a579d724",
    "5d716121b57d70aba257c0a92bc1102cd85a725a605948117c53c5181a0b05af",
    "52dd494c0d6b94cb818e5200e0973c43d9546b006d5204e0a19dab1ecd327ea5",
];
/// Partial indexes that hold what is under way, not what there ever was, and the first entry of an ordered one.
const SMALL: [&str; 8] = [
    "USING COVERING INDEX letters_untold",
    "USING INDEX letters_waiting",
    "USING COVERING INDEX letters_waiting",
    "INDEX messages_waiting",
    "INDEX quarantine_unseen",
    "INDEX interviews_under_way",
    "INDEX submissions_wanted",
    "INDEX deliveries_dead",
];
/// Lists for people, newest first, which end after so many lines.
const LISTS: [&str; 3] = ["src/store/views.rs", "src/store/operate.rs", "src/store/examine.rs"];
/// Backups and restores read everything there is, and so do figures and whoever erases somebody: a person asks for them, no event does.
const WHOLE: [&str; 3] = ["src/store/backup.rs", "src/store/report.rs", "src/store/erasing.rs"];
/// Tables that stay small however long replyd runs; what was dropped or tried again is gone from quarantine, calendars are those of interviews
/// under way, wanted is what one statement calls those interviews themselves, and an agency has so many recruiters, and webhooks, as it has.
const FEW_ROWS: [&str; 7] = ["meta", "folders", "quarantine", "calendars", "wanted", "recruiters", "endpoints"];

/// What SQLite says it will do; parameters need no values for that.
fn steps(plan: &mut rusqlite::Statement<'_>) -> Vec<String> {
    let mut rows = plan.raw_query();
    let mut steps = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        steps.push(row.get(3).unwrap());
    }
    steps
}

/// A database that is there already runs no schema a second time.
#[test]
fn tidy_schemas_that_were_in_use_stay_as_they_were() {
    let sum = |schema: &&str| -> String {
        let bytes = std::fs::read(root().join(schema)).unwrap();
        Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
    };
    let sums: Vec<String> = SCHEMAS.iter().take(LANDED.len()).map(sum).collect();
    assert_eq!(sums, LANDED);
}

#[test]
fn tidy_every_statement_uses_an_index() {
    let database = rusqlite::Connection::open_in_memory().unwrap();
    for schema in SCHEMAS {
        database
            .execute_batch(&std::fs::read_to_string(root().join(schema)).unwrap())
            .unwrap();
    }
    let mut explained = 0;
    let mut wrong = Vec::new();
    for source in sources().iter().filter(|one| one.room == "store") {
        for (line, literal) in &source.literals {
            let sql = literal.trim();
            if !["SELECT ", "INSERT ", "UPDATE ", "DELETE ", "WITH "]
                .iter()
                .any(|verb| sql.starts_with(verb))
                || sql.contains("sqlite_schema")
            {
                continue;
            }
            let place = format!("{}:{line}", source.path);
            let mut plan = match database.prepare(&format!("EXPLAIN QUERY PLAN {sql}")) {
                Ok(plan) => plan,
                // One that is put together at run time cannot be explained here.
                Err(error) => {
                    wrong.push(format!("{place}: write the statement as one plain literal ({error})"));
                    continue;
                }
            };
            explained += 1;
            let steps = steps(&mut plan);
            for step in steps.iter().filter(|step| step.starts_with("SCAN ")) {
                let small =
                    SMALL.iter().any(|index| step.contains(index)) || FEW_ROWS.contains(&step.split(' ').nth(1).unwrap_or_default());
                let values =
                    step.starts_with("SCAN CONSTANT ROW") || step.starts_with("SCAN (subquery") || step.starts_with("SCAN SUBQUERY");
                let first = sql.ends_with("LIMIT 1") && step.contains("INDEX");
                // Children of a foreign key: looked for only while a violation of it is open.
                let children = sql.starts_with("INSERT ") && !sql.contains("SELECT");
                // A full-text index is asked by its words, or by its row: SQLite calls both a scan.
                let by_words = step.contains("VIRTUAL TABLE INDEX") && !step.trim_end().ends_with(':');
                let list = LISTS.contains(&source.path.as_str()) && sql.contains("LIMIT");
                if !small && !values && !first && !children && !by_words && !list && !WHOLE.contains(&source.path.as_str()) {
                    wrong.push(format!("{place}: {step}: {}", sql.lines().next().unwrap_or_default()));
                }
            }
        }
    }
    assert!(explained > 60, "only {explained} statements found");
    none("statements that read a whole table", &wrong);
}

/// Figures read one table from its beginning to its end, once, and less of it when less is asked about.
#[test]
fn tidy_figures_read_milestones_once() {
    let database = rusqlite::Connection::open_in_memory().unwrap();
    for schema in SCHEMAS {
        database
            .execute_batch(&std::fs::read_to_string(root().join(schema)).unwrap())
            .unwrap();
    }
    let report = sources().iter().find(|one| one.path == "src/store/report.rs").unwrap();
    let mut plans = Vec::new();
    for (_, literal) in report.literals.iter().filter(|(_, literal)| literal.contains("FROM milestones")) {
        let mut plan = database.prepare(&format!("EXPLAIN QUERY PLAN {literal}")).unwrap();
        plans.extend(steps(&mut plan));
    }
    let expected = [
        "SCAN milestones",
        "SEARCH milestones USING INDEX milestones_by_time (submitted_at>? AND submitted_at<?)",
        "SEARCH milestones USING INDEX milestones_by_project (project_id=?)",
    ];
    assert_eq!(plans, expected);
}

/// The first test would notice: the same question about a statement without an index.
#[test]
fn tidy_notices_a_scan() {
    let database = rusqlite::Connection::open_in_memory().unwrap();
    for schema in SCHEMAS {
        database
            .execute_batch(&std::fs::read_to_string(root().join(schema)).unwrap())
            .unwrap();
    }
    let mut plan = database
        .prepare("EXPLAIN QUERY PLAN SELECT id FROM letters WHERE recipient = ?1")
        .unwrap();
    let steps = steps(&mut plan);
    assert!(steps.iter().any(|step| step.starts_with("SCAN letters")), "{steps:?}");
}

/// Whoever erases somebody goes through everything once, a page at a time by row numbers, and changes rows by their numbers: no statement reads a
/// table as a whole but those of people, of who is signed in, and of what was sent within the last day.
#[test]
fn tidy_erasing_reads_pages_and_changes_rows_by_number() {
    let database = rusqlite::Connection::open_in_memory().unwrap();
    for schema in SCHEMAS {
        database
            .execute_batch(&std::fs::read_to_string(root().join(schema)).unwrap())
            .unwrap();
    }
    let mut explained = 0;
    let mut read = std::collections::BTreeSet::new();
    let mut sorted = Vec::new();
    for path in [
        "src/store/erasing.rs",
        "src/store/tombstones.rs",
        "src/store/closed.rs",
        "src/store/cv_codes.rs",
    ] {
        let source = sources().iter().find(|one| one.path == path).unwrap();
        for (line, literal) in &source.literals {
            let sql = literal.trim();
            if !["SELECT ", "INSERT ", "UPDATE ", "DELETE "]
                .iter()
                .any(|verb| sql.starts_with(verb))
            {
                continue;
            }
            let mut plan = database.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
            explained += 1;
            for step in steps(&mut plan) {
                if let Some(table) = step.strip_prefix("SCAN ").and_then(|rest| rest.split(' ').next()) {
                    read.insert(table.to_owned());
                }
                if step.starts_with("USE TEMP B-TREE") && !sql.contains("UNION SELECT contact_id") {
                    sorted.push(format!("{path}:{line}: {step}"));
                }
            }
        }
    }
    assert!(explained > 60, "only {explained} statements found");
    none("statements that sort what they read", &sorted);
    let people_and_a_day: std::collections::BTreeSet<String> = ["candidates", "recruiters", "sends", "sessions"].map(str::to_owned).into();
    assert_eq!(read, people_and_a_day);
}
