# command-manual.awk: completes a manual page that the command has generated, with the variables `version` and `date`: the
# title, short lines, and no spaces at the end of a line.

/^\.TH / { printf ".TH \"%s\" 1 \"%s\" \"scwkms %s\" \"scwkms manual\"\n", toupper($2), date, version; next }

# An empty line needs no line break beside it.
$0 == ".br" { held = !after_space; next }
$0 == "" { print ".sp"; held = 0; after_space = 1; next }
held { print ".br"; held = 0 }
{ after_space = 0; sub(/ +$/, "") }

# The text after .TP is a single line.
previous == ".TP" || /^\./ || length($0) <= 78 { previous = $0; print; next }

{
  previous = ""
  count = split($0, words, " ")
  line = words[1]
  for (i = 2; i <= count; i++) {
    if (length(line) + length(words[i]) > 78) { print line; line = (words[i] ~ /^[.']/ ? "\\&" : "") words[i] }
    else line = line " " words[i]
  }
  print line
}
