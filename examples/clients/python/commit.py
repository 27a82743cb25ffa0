"""python commit.py ENDPOINT HASH: is this commit good, and who has not answered?"""
import sys

from gql import Client, GraphQLRequest, gql
from gql.transport.exceptions import TransportQueryError
from gql.transport.requests import RequestsHTTPTransport

COMMIT = """
query Commit($hash: String!, $after: String) {
  revision(gitCommitHash: $hash) {
    gitCommitHash
    gitCommitName
    sources
    statusCounts { status fail none total }
    tests(first: 50, after: $after, filter: { status: [FAIL] }) {
      nodes {
        path
        origin
        environment { comment }
        incidents(first: 3, filter: { present: [true] }) { nodes { issue { reportSubject } } }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
}
"""


def ask(client, query, **variables):
    """The data and the errors. gql raises where there are errors, and keeps what did come in the exception."""
    try:
        return client.execute(GraphQLRequest(query, variable_values=variables)), []
    except TransportQueryError as error:
        if error.data is None:
            raise
        return error.data, error.errors


def describe(test):
    subjects = [node["issue"]["reportSubject"] for node in test["incidents"]["nodes"] if node["issue"]]
    hardware = (test["environment"] or {}).get("comment") or "unknown hardware"
    return f"FAIL {test['path']} at {test['origin']}, {hardware}: {'; '.join(filter(None, subjects)) or 'no known issue'}"


def main(endpoint, commit):
    client = Client(transport=RequestsHTTPTransport(url=endpoint, timeout=30))
    query, after = gql(COMMIT), None
    while True:
        data, errors = ask(client, query.document, hash=commit, after=after)
        revision = data["revision"]
        if after is None:
            print(summary(commit, revision))
        for test in revision["tests"]["nodes"] if revision else []:
            print(describe(test))
        for error in errors:
            print(failure(error))
        if not revision or not revision["tests"]["pageInfo"]["hasNextPage"]:
            return
        after = revision["tests"]["pageInfo"]["endCursor"]


def summary(commit, revision):
    if revision is None:
        return f"{commit}: nobody who answered knows this commit."
    name = f"{revision['gitCommitName'] or revision['gitCommitHash']} (from {', '.join(revision['sources'])})"
    counts = revision["statusCounts"]
    if counts is None:
        return f"{name}: not counted."
    status = counts["status"] or "no status yet"
    return f"{name}: {status}; {counts['fail']} of {counts['total']} tests failed, {counts['none']} have not ended."


def failure(error):
    """A source that did not answer is named; anything else is a fault of the request, or of the gateway."""
    extensions = error.get("extensions", {})
    if "source" in extensions:
        return f"No answer from {extensions['source']}: {extensions.get('code')}"
    return f"{extensions.get('code')}: {error['message']}"


if __name__ == "__main__":
    main(*sys.argv[1:])
