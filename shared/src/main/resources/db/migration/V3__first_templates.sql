-- What a newcomer needs: the plain template of the first example, and three useful ones.

insert into template (template_id, current_version) values
  ('cmjlfawzg0000pq6xyq5r78ws', 1),
  ('summarise', 1),
  ('translate', 1),
  ('classify', 1);

insert into template_version (template_id, version, name, content, system, parameters, cache_scope) values
  ('cmjlfawzg0000pq6xyq5r78ws', 1, 'Plain', '{{input}}', null, '{"maxTokens": 1024}', 'shared'),
  ('summarise', 1, 'Summarise a text',
   'Summarise the following text in at most three sentences. Keep names and numbers.' || chr(10) || chr(10) || '{{input}}',
   'You summarise texts faithfully. You add nothing that is not in the text.',
   '{"maxTokens": 512, "temperature": 0.2}', 'account'),
  ('translate', 1, 'Translate a text',
   'Translate the following text from {{from}} to {{to}}. Answer with the translation only.' || chr(10) || chr(10) || '{{text}}',
   'You are a careful translator. You keep tone, names and formatting.',
   '{"maxTokens": 2048, "temperature": 0}', 'account'),
  ('classify', 1, 'Classify a text',
   'Which one of these labels fits the text best: {{labels}}?' || chr(10) || 'Answer with the label alone.' || chr(10) || chr(10) || '{{text}}',
   'You sort texts into given classes.',
   '{"maxTokens": 16, "temperature": 0}', 'account');
