//! YAML with limits. A text that is nested more deeply or has more values than any config file is rejected before it
//! is built, because building it recurses and copies the targets of aliases.

use std::collections::HashMap;

use yaml_rust2::parser::{Event, Parser};
use yaml_rust2::scanner::ScanError;
use yaml_rust2::{Yaml, YamlLoader};

/// A config file has three levels: its root, its profiles, a profile.
const MAX_DEPTH: usize = 16;

/// The number of values and collections. The target of an alias is counted once for each alias.
const MAX_NODES: usize = 100_000;

/// The documents of a text. The error does not quote the text.
pub(super) fn load(text: &str) -> Result<Vec<Yaml>, String> {
    measure(text)?;
    YamlLoader::load_from_str(text).map_err(|e| place(&e))
}

fn place(e: &ScanError) -> String {
    // The parser's message about a duplicate key quotes the key.
    let what = match e.info().ends_with("duplicated key in mapping") {
        true => "a key occurs twice",
        false => e.info(),
    };
    let mark = e.marker();
    format!("{what} at line {} column {}", mark.line(), mark.col() + 1)
}

/// Checks the limits on the parser's events, without building anything.
fn measure(text: &str) -> Result<(), String> {
    let mut parser = Parser::new_from_str(text);
    let mut nodes = 0_usize;
    // The open collections: their anchors, and the number of nodes before them.
    let mut open = Vec::new();
    let mut sizes = HashMap::new();
    loop {
        let (event, _) = parser.next_token().map_err(|e| place(&e))?;
        match event {
            Event::StreamEnd => return Ok(()),
            Event::Scalar(_, _, anchor, _) => {
                nodes += 1;
                sizes.insert(anchor, 1);
            }
            Event::SequenceStart(anchor, _) | Event::MappingStart(anchor, _) => {
                open.push((anchor, nodes));
                nodes += 1;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some((anchor, before)) = open.pop() {
                    sizes.insert(anchor, nodes - before);
                }
            }
            Event::Alias(anchor) => nodes += sizes.get(&anchor).copied().unwrap_or(1),
            _ => {}
        }
        if open.len() > MAX_DEPTH {
            return Err(format!("it is nested more than {MAX_DEPTH} deep"));
        }
        if nodes > MAX_NODES {
            return Err(format!("it has more than {MAX_NODES} values"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deep_nesting_is_refused_before_it_is_built() {
        for text in ["- ".repeat(500_000), "? ".repeat(500_000), "[".repeat(200)] {
            let why = load(&text).expect_err("too deep");
            assert!(why.contains("16 deep"), "{why}");
        }
    }

    #[test]
    fn aliases_count_as_often_as_they_repeat() {
        let mut text = "a0: &a0 x\n".to_owned();
        for level in 1..30 {
            let names = format!("*a{}, ", level - 1).repeat(10);
            text += &format!("a{level}: &a{level} [{names}]\n");
        }
        let why = load(&text).expect_err("too large");
        assert!(why.contains("100000 values"), "{why}");

        let small = "p: &p {default_region: fr-par}\nprofiles: {a: *p, b: *p}\n";
        let documents = load(small).expect("a file");
        assert_eq!(
            documents[0]["profiles"]["b"]["default_region"].as_str(),
            Some("fr-par")
        );
    }

    #[test]
    fn what_is_wrong_is_said_without_quoting() {
        for text in [
            "? {secret_key: hunter2}\n: 1\n? {secret_key: hunter2}\n: 2\n",
            "hunter2: 1\nhunter2: 2\n",
            "a: 'hunter2\n",
            "a: hunter2\n\tb: hunter2\n",
            "a: *hunter2\n",
            "a: !hunter2! x\n",
            "%hunter2\na: b\n",
        ] {
            let why = load(text).map(|_| ()).expect_err(text);
            assert!(!why.contains("hunter2"), "{why}");
            assert!(why.contains("line"), "{why}");
        }
    }
}
