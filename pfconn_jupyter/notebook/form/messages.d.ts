// What form.js is told by view.py (About) and connection_form.py (Answer). Types only; never loaded.

export interface RowSpec {
  key: string;
  value: string;
  secret: boolean;
  origin: "" | "stored" | "given";
}

export interface Question {
  field: string;
  title: string;
  kind: "text" | "secret" | "choice" | "rows";
  help: string;
  placeholder: string;
  where: string;
  where_title: string;
  choices: string[][];
  when: [string, string] | null;
  advanced: boolean;
  required: boolean;
  default: string;
  kept: boolean;
  value: string;
  given: boolean;
  rows: RowSpec[];
}

export interface TypeSpec {
  type: string;
  label: string;
  badge: string;
  summary: string;
  title: string;
  endpoint: string;
  address: string;
  spares: string;
  has_test: boolean;
  questions: Question[];
}

export interface About {
  verb: "create" | "update" | "rotate";
  name: string;
  store: string;
  scope: { choices: string[][]; chosen: string };
  expires: string;
  command: string;
  line: string;
  ended?: string;
  types: TypeSpec[];
}

export interface Terms {
  public_key: string;
  nonce: string;
  aad: string;
}

export interface Problem {
  field: string;
  text: string;
  hint: string;
  suggestion: string;
}

export interface Answer {
  kind: "welcome" | "working" | "again" | "outcome" | "problems" | "failed" | "done";
  press: string;
  terms?: Terms;
  fresh?: boolean;
  tone?: string;
  word?: string;
  ms?: number | null;
  text?: string;
  hint?: string;
  notes?: string[];
  problems?: Problem[];
}

export interface Model {
  get(name: string): any;
  send(content: object): void;
  on(event: "msg:custom", listener: (message: Answer) => void): void;
  off(event: "msg:custom", listener: (message: Answer) => void): void;
  widget_manager?: { kernel?: { status: string; isDisposed: boolean } | null };
}
