package main

import _ "github.com/scwkms/scwkms/go"
