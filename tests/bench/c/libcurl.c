/*
 * The load program for a client without the library: libcurl with OpenSSL, one easy handle for each thread, whose
 * connection stays open, and jansson for the response. It has no retries, does not verify signatures, and reads no
 * config file.
 */
#include "load.h"

#include <curl/curl.h>
#include <jansson.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RESPONSE_MAX = 16384 };

struct client {
  CURL *curl;
  struct curl_slist *headers;
  char error[CURL_ERROR_SIZE];
  size_t response_len;
  char response[RESPONSE_MAX];
};

static size_t receive(char *bytes, size_t size, size_t count, void *context) {
  struct client *client = context;
  size_t len = size * count;
  if (len > sizeof client->response - client->response_len) return 0;
  memcpy(client->response + client->response_len, bytes, len);
  client->response_len += len;
  return len;
}

static struct curl_slist *header(struct curl_slist *list, const char *text) {
  list = curl_slist_append(list, text);
  if (list == NULL) die("out of memory");
  return list;
}

void *worker_open(const struct arguments *arguments) {
  struct client *client = calloc(1, sizeof *client);
  if (client == NULL || (client->curl = curl_easy_init()) == NULL) die("out of memory");
  char url[512], token[128];
  snprintf(url, sizeof url, "%s/key-manager/v1alpha1/regions/%s/keys/%s/sign", setting("SCW_API_URL"),
           setting("SCW_DEFAULT_REGION"), arguments->key);
  snprintf(token, sizeof token, "X-Auth-Token: %s", setting("SCW_SECRET_KEY"));
  client->headers = header(header(NULL, token), "Content-Type: application/json");
  curl_easy_setopt(client->curl, CURLOPT_URL, url);
  curl_easy_setopt(client->curl, CURLOPT_HTTPHEADER, client->headers);
  curl_easy_setopt(client->curl, CURLOPT_CAINFO, setting("SCWKMS_CA_FILE"));
  curl_easy_setopt(client->curl, CURLOPT_PROTOCOLS_STR, "https");
  curl_easy_setopt(client->curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(client->curl, CURLOPT_TIMEOUT_MS, 15000L);
  curl_easy_setopt(client->curl, CURLOPT_ERRORBUFFER, client->error);
  curl_easy_setopt(client->curl, CURLOPT_WRITEFUNCTION, receive);
  curl_easy_setopt(client->curl, CURLOPT_WRITEDATA, client);
  if (arguments->http1) curl_easy_setopt(client->curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
  return client;
}

void worker_sign(void *worker, const uint8_t *digest, size_t digest_len, struct signature *signature) {
  struct client *client = worker;
  unsigned char base64[4 * ((DIGEST_MAX + 2) / 3) + 1];
  char body[sizeof base64 + 16];
  EVP_EncodeBlock(base64, digest, (int)digest_len);
  snprintf(body, sizeof body, "{\"digest\":\"%s\"}", base64);
  client->response_len = 0;
  curl_easy_setopt(client->curl, CURLOPT_POSTFIELDSIZE, (long)strlen(body));
  curl_easy_setopt(client->curl, CURLOPT_POSTFIELDS, body);
  CURLcode result = curl_easy_perform(client->curl);
  if (result != CURLE_OK) die("%s: %s", curl_easy_strerror(result), client->error);
  long status = 0;
  curl_easy_getinfo(client->curl, CURLINFO_RESPONSE_CODE, &status);
  if (status != 200) die("HTTP %ld: %.*s", status, (int)client->response_len, client->response);

  json_error_t error;
  json_t *response = json_loadb(client->response, client->response_len, 0, &error);
  const char *text = json_string_value(json_object_get(response, "signature"));
  if (text == NULL) die("no signature in the response: %s", error.text);
  size_t len = strlen(text);
  if (len % 4 != 0 || len / 4 * 3 > sizeof signature->bytes) die("the length of the signature is not that of base64");
  int bytes = EVP_DecodeBlock(signature->bytes, (const unsigned char *)text, (int)len);
  if (bytes < 0) die("the signature is not base64");
  /* EVP_DecodeBlock counts the padding. */
  signature->len = (size_t)bytes - (text[len - 1] == '=') - (text[len - 2] == '=');
  json_decref(response);
}

void worker_close(void *worker) {
  struct client *client = worker;
  curl_easy_cleanup(client->curl);
  curl_slist_free_all(client->headers);
  free(client);
}

int main(int argc, char **argv) {
  struct arguments arguments = parse_arguments(argc, argv);
  if (arguments.verify) die("this client does not verify");
  if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0) die("libcurl cannot start");
  load(&arguments);
  curl_global_cleanup();
  return 0;
}
