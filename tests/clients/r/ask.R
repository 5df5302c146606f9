# Asks a SPARQL endpoint, as a researcher does in R: the rows as a data frame, written as JSON, a line each; what is
# refused as its status and detail. With a third argument the query is sent as a job.
library(httr)

arguments <- commandArgs(trailingOnly = TRUE)
endpoint <- arguments[1]
is_job <- length(arguments) > 2

refused <- function(answer) {
  problem <- content(answer, "parsed", type = "application/json")
  cat(problem$status, " ", problem$detail, "\n", sep = "", file = stderr())
  quit(status = 1)
}

fetched <- function(answer) {
  if (http_error(answer)) refused(answer)
  answer
}

done <- function(job) {
  repeat {
    state <- content(fetched(GET(job)), "parsed")$state
    if (state %in% c("done", "failed")) return(GET(paste0(job, "/result")))
    Sys.sleep(0.1)
  }
}

headers <- add_headers(Accept = "text/csv", Prefer = if (is_job) "respond-async")
answer <- fetched(POST(endpoint, body = list(query = arguments[2]), encode = "form", headers))
if (is_job) {
  stopifnot(status_code(answer) == 202)
  address <- parse_url(endpoint)
  address$path <- headers(answer)$location
  answer <- fetched(done(build_url(address)))
}
rows <- read.csv(text = content(answer, "text", encoding = "UTF-8"), check.names = FALSE)
jsonlite::stream_out(rows, verbose = FALSE)
