import { join } from 'node:path';
import ts from 'typescript';
import { readDocument } from './documents.ts';
import { ROOT } from './folder.ts';

/** A method or property of a public interface, as the documentation shows it. */
export interface Member {
  /** With its place: `users.list(page?)`. */
  readonly call: string;
  readonly type: string;
  /** Its comment, with parameters and errors as sentences. */
  readonly text: string;
}

/** A group of members: `users` of `ControlClient`; with the name '' for those beside the groups. */
export interface MemberGroup {
  readonly name: string;
  readonly text: string;
  readonly members: readonly Member[];
}

const plain = (text: string) => text.replace(/\s+/g, ' ').trim();

/** The interfaces in some files of the sources, by name. */
export function readInterfaces(...files: readonly string[]): ReadonlyMap<string, ts.InterfaceDeclaration> {
  const found = new Map<string, ts.InterfaceDeclaration>();
  for (const file of files) {
    const source = ts.createSourceFile(join(ROOT, file), readDocument(file), ts.ScriptTarget.Latest, true);
    for (const statement of source.statements)
      if (ts.isInterfaceDeclaration(statement)) found.set(statement.name.text, statement);
  }
  return found;
}

/** The members of an interface, by groups: properties with members of their own. */
export function groupsOf(name: string, interfaces: ReadonlyMap<string, ts.InterfaceDeclaration>): MemberGroup[] {
  const declaration = interfaces.get(name);
  if (declaration === undefined) throw new Error(`there is no interface ${name}`);
  const groups: MemberGroup[] = [];
  const own: Member[] = [];
  for (const member of declaration.members) {
    const nested = membersIn(member, interfaces);
    if (nested === undefined) own.push(...describe(member, ''));
    else {
      const { owner, members } = nested;
      const group = member.name!.getText();
      const text = textOf(member) || textOf(owner);
      groups.push({ name: group, text, members: members.flatMap((each) => describe(each, `${group}.`)) });
    }
  }
  return [{ name: '', text: textOf(declaration), members: own }, ...groups];
}

/** The members of an interface with those that it inherits from the others, without groups. */
export function membersOf(name: string, interfaces: ReadonlyMap<string, ts.InterfaceDeclaration>): Member[] {
  const declaration = interfaces.get(name);
  if (declaration === undefined) throw new Error(`there is no interface ${name}`);
  const parents = (declaration.heritageClauses ?? []).flatMap(({ types }) => types.map((type) => type.getText()));
  return [
    ...parents.filter((parent) => interfaces.has(parent)).flatMap((parent) => membersOf(parent, interfaces)),
    ...declaration.members.flatMap((member) => describe(member, '')),
  ];
}

/** The members of a group: in the place of its type, or in an interface of its own. */
function membersIn(member: ts.TypeElement, interfaces: ReadonlyMap<string, ts.InterfaceDeclaration>) {
  if (!ts.isPropertySignature(member) || member.type === undefined) return undefined;
  if (ts.isTypeLiteralNode(member.type)) return { owner: member as ts.Node, members: member.type.members };
  const owner = interfaces.get(member.type.getText());
  return owner && { owner: owner as ts.Node, members: owner.members };
}

function describe(member: ts.TypeElement, prefix: string): Member[] {
  const name = member.name?.getText() ?? '';
  if (name.startsWith('[')) return [];
  if (ts.isMethodSignature(member)) {
    const parameters = member.parameters.map((each) => `${each.name.getText()}${each.questionToken ? '?' : ''}`);
    const type = plain(member.type?.getText() ?? 'void').replace(/^Promise<(.*)>$/, '$1');
    return [{ call: `${prefix}${name}(${parameters.join(', ')})`, type, text: textOf(member) }];
  }
  if (!ts.isPropertySignature(member)) return [];
  const type = plain(member.type?.getText() ?? '')
    .replace(/ \| undefined$/, '')
    .replace(/< (.*) >$/, '<$1>');
  return [{ call: prefix + name, type, text: textOf(member) }];
}

function textOf(node: ts.Node): string {
  const [comment] = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
  if (comment === undefined) return '';
  const said = (text: string | ts.NodeArray<ts.JSDocComment> | undefined) =>
    plain(ts.getTextOfJSDocComment(text) ?? '');
  const tags = (comment.tags ?? []).map((tag) => {
    if (ts.isJSDocParameterTag(tag)) return `\`${tag.name.getText()}\`: ${said(tag.comment)}.`;
    if (ts.isJSDocReturnTag(tag)) return `Returns ${said(tag.comment)}.`;
    const [, error = '', condition = ''] =
      /^(\w+)\s*(.*)$/.exec(
        tag
          .getText()
          .replace(/^@throws\s*|\s*\*?\s*$/g, '')
          .replace(/\n\s*\*/g, ' '),
      ) ?? [];
    return `Throws ${error} ${condition}.`;
  });
  return plain([said(comment.comment), ...tags].join(' ')).replace(/\.\.( |$)/g, '.$1');
}
