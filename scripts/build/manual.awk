# manual.awk: fills in a manual page. Its input files are include/scwkms.h, README.md and the page's template, in this order;
# the variables are `version` and `date`. In the template, a line
#
#   @FUNCTIONS PATTERN@   becomes the functions whose names match the pattern, with the first sentence of their comments,
#   @ERRORS@              becomes the error codes with their comments,
#   @EXAMPLE@             becomes README's first C program.
#
# @VERSION@ and @DATE@ are replaced everywhere. Each function belongs to exactly one pattern.

# Filled text in short lines, with each sentence and each function on a line of its own, as mdoc(7) wants it.
function fill(text,    words, count, i) {
  gsub(/`/, "", text)
  gsub(/\\/, "\\e", text)
  count = split(text, words, " ")
  for (i = 1; i <= count; i++) {
    if (words[i] ~ /^scwkms_[a-z0-9_]*\(\)[.,;]?$/) { end_line(); print function_macro(words[i]); continue }
    if (length(line) + length(words[i]) > 78) end_line()
    line = line (line == "" ? "" : " ") words[i]
    if (words[i] ~ /[.!?]$/) end_line()
  }
  end_line()
}

function end_line() {
  if (line != "") emit(line)
  line = ""
}

# A text line that roff does not take for a request.
function emit(text) {
  print (text ~ /^[.']/ ? "\\&" : "") text
}

# `name(),` as a macro
function function_macro(word) {
  sub(/\(\)/, " ", word)
  sub(/ $/, "", word)
  return ".Fn " word
}

function first_sentence(text) {
  return match(text, /\.( |$)/) ? substr(text, 1, RSTART) : text
}

# Records a declaration such as `int32_t scwkms_sign(scwkms_client client, const char *key);`.
function declare(text,    name) {
  match(text, /scwkms_[a-z0-9_]*\(/)
  name = substr(text, RSTART, RLENGTH - 1)
  names[++functions] = name
  type[name] = substr(text, 1, RSTART - 1)
  parameters[name] = substr(text, RSTART + RLENGTH)
  sub(/\).*/, "", parameters[name])
  # The header has a typedef for each struct.
  gsub(/struct /, "", type[name])
  gsub(/struct /, "", parameters[name])
  description[name] = first_sentence(comment)
}

function prototype(name,    list, count, i) {
  gsub(/ +$/, "", type[name])
  print ".Ft " (type[name] ~ / / ? "\"" type[name] "\"" : type[name])
  print ".Fo " name
  count = split(parameters[name], list, / *, */)
  # A line may end after the parenthesis.
  for (i = 1; i <= count; i++) print ".Fa \"" (i == 1 ? "\\:" : "") list[i] "\""
  print ".Fc"
}

# A function, and its asynchronous form if it has one.
function item(name) {
  print ".It Xo"
  prototype(name)
  print ".Xc"
  fill(description[name])
  printed[name] = 1
  if ((name "_async") in type) printed[name "_async"] = 1
}

function functions_that_match(pattern,    i) {
  lists++
  print ".Bl -tag -width Ds"
  for (i = 1; i <= functions; i++)
    if (!(names[i] in printed) && names[i] ~ "^scwkms_(" pattern ")$") item(names[i])
  print ".El"
}

function codes(    i) {
  print ".Bl -tag -width Ds"
  for (i = 1; i <= errors; i++) {
    print ".It Dv " error_name[i] " Pq " error_number[i]
    fill(error_text[i])
  }
  print ".El"
}

FNR == 1 { file++ }

# The header
file == 1 && /^\/\*/ { comment = ""; in_comment = 1; next }
file == 1 && /^ ?\*\/$/ { in_comment = 0; next }
file == 1 && in_comment { text = $0; sub(/^ */, "", text); comment = comment (comment == "" ? "" : " ") text; next }
file == 1 && $1 == "#define" && $2 ~ /^SCWKMS_(OK|ERROR_)/ {
  error_name[++errors] = $2; error_number[errors] = $3; error_text[errors] = comment; next
}
file == 1 && declaration == "" && (/^typedef|^[ #}]/ || !/scwkms_[a-z0-9_]*\(/) { next }
file == 1 {
  text = $0; sub(/^ */, "", text)
  declaration = declaration (declaration == "" ? "" : " ") text
  if (text ~ /;$/) { declare(declaration); declaration = "" }
  next
}

# The README
file == 2 && $0 == "<!-- run: c -->" { getline; in_example = 1; next }
file == 2 && /^```/ { in_example = 0 }
file == 2 && in_example { text = $0; gsub(/\\/, "\\e", text); example[++lines] = text }
file == 2 { next }

# The template
/^@FUNCTIONS .*@$/ { functions_that_match(substr($0, 12, length($0) - 12)); next }
$0 == "@ERRORS@" { codes(); next }
$0 == "@EXAMPLE@" { for (i = 1; i <= lines; i++) emit(example[i]); next }
{ gsub(/@VERSION@/, version); gsub(/@DATE@/, date); print }

END {
  for (i = 1; i <= functions; i++)
    if (lists && !(names[i] in printed)) {
      print "manual.awk: no pattern matches " names[i] > "/dev/stderr"
      status = 1
    }
  exit status
}
