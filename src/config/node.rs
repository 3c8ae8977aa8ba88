//! The values of a YAML text. The merge keys of mappings are resolved.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::scalar::Scalar;

/// A value. Those that an alias refers to are shared.
pub(super) enum Node {
    Scalar(Scalar),
    Sequence(Vec<Rc<Node>>),
    Mapping(Mapping),
}

/// Keys and values, in the order of the text.
#[derive(Default)]
pub(super) struct Mapping(Vec<Entry>);

type Entry = (String, Rc<Node>);

/// The error of a mapping. It does not quote the text.
type Problem = &'static str;

const REPEATED_KEY: Problem = "a key occurs twice";
const NO_MAPPINGS: Problem = "the value of << is neither a mapping nor a sequence of mappings";
const MERGE_AFTER_KEY: Problem = "<< follows a key that its value contains too, which YAML libraries read in \
                                  different ways; << must be the first key";

impl Mapping {
    /// Builds a mapping from its keys and values, which alternate.
    pub(super) fn new(parts: &[Rc<Node>]) -> Result<Self, Problem> {
        let mut own: Vec<Entry> = Vec::new();
        let mut merge = None;
        for pair in parts.chunks_exact(2) {
            let (key, value) = (&pair[0], Rc::clone(&pair[1]));
            let Node::Scalar(key) = &**key else {
                return Err("a key is not text");
            };
            if !key.is_merge() {
                own.push((key.name().to_owned(), value));
            } else if merge.replace((own.len(), value)).is_some() {
                return Err(REPEATED_KEY);
            }
        }
        check_names(&own)?;
        match merge {
            Some((position, merged)) => Ok(Self(with_merged(own, position, &merged)?)),
            None => Ok(Self(own)),
        }
    }

    pub(super) fn get(&self, key: &str) -> Option<&Node> {
        let mut entries = self.0.iter();
        entries.find(|(name, _)| name == key).map(|(_, v)| &**v)
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }
}

fn check_names(entries: &[Entry]) -> Result<(), Problem> {
    let names: HashSet<&String> = entries.iter().map(|(name, _)| name).collect();
    match names.len() == entries.len() {
        true => Ok(()),
        false => Err(REPEATED_KEY),
    }
}

/// Adds the entries of the merged mappings whose keys are not in the mapping. `position` is the number of entries before
/// the merge key.
fn with_merged(
    mut entries: Vec<Entry>,
    position: usize,
    merged: &Node,
) -> Result<Vec<Entry>, Problem> {
    let names = entries.iter().map(|(name, _)| name.clone());
    let mut positions: HashMap<String, usize> = names.zip(0..).collect();
    for (name, value) in merged_mappings(merged)?.iter().flat_map(|m| &m.0) {
        match positions.get(name) {
            Some(existing) if *existing < position => return Err(MERGE_AFTER_KEY),
            Some(_) => {}
            None => {
                positions.insert(name.clone(), entries.len());
                entries.push((name.clone(), Rc::clone(value)));
            }
        }
    }
    Ok(entries)
}

/// The mappings in the value of a merge key. An earlier one takes precedence.
fn merged_mappings(value: &Node) -> Result<Vec<&Mapping>, Problem> {
    match value {
        Node::Sequence(parts) => parts.iter().map(|part| merged_mapping(part)).collect(),
        other => Ok(vec![merged_mapping(other)?]),
    }
}

fn merged_mapping(value: &Node) -> Result<&Mapping, Problem> {
    match value {
        Node::Mapping(mapping) => Ok(mapping),
        _ => Err(NO_MAPPINGS),
    }
}
