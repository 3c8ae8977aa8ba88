//! Tables of text.

/// Formats rows below a header. The columns are as wide as their texts.
pub(crate) fn format<const N: usize>(header: &[&str; N], rows: &[[String; N]]) -> String {
    let header = header.map(str::to_owned);
    let rows: Vec<[String; N]> = std::iter::once(&header)
        .chain(rows)
        .map(|row| row.each_ref().map(|text| printable(text)))
        .collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
    let widths: [usize; N] = std::array::from_fn(|column| width(column).unwrap_or_default());
    rows.iter().map(|row| line(row, &widths)).collect()
}

fn line<const N: usize>(row: &[String; N], widths: &[usize; N]) -> String {
    let cells = row.iter().zip(widths);
    let padded: Vec<String> = cells
        .map(|(text, width)| format!("{text:width$}"))
        .collect();
    format!("{}\n", padded.join("  ").trim_end())
}

/// The text without control characters, which a terminal would execute.
pub(crate) fn printable(text: &str) -> String {
    text.replace(char::is_control, "?")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_and_control_characters_removed() {
        let rows = [
            ["é".to_owned(), "x".to_owned()],
            ["a\u{1b}[2J".to_owned(), String::new()],
        ];
        let table = format(&["NAME", "ID"], &rows);
        assert_eq!(table, "NAME   ID\né      x\na?[2J\n");
    }
}
