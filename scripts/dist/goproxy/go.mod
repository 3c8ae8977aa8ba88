module github.com/scwkms/scwkms/scripts/dist/goproxy

go 1.25.0

require golang.org/x/mod v0.33.0
